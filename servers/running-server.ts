import { canListen, removeDirectory, type ServerCommand, ServerProcess } from "./server-process.ts"

/** What a test does to any server. */
export interface RunningServer {
  readonly port: number
  /** SIGKILL: what was not yet on disk is lost. */
  kill(): Promise<void>
  /** The same port and data, also after `kill()`. */
  restart(): Promise<void>
  /** Connections stay open and nobody answers, until `resume()`. */
  pause(): void
  resume(): void
  /** Ends it and removes its data. */
  stop(): Promise<void>
  /** Resolves when the process is gone. */
  gone(): Promise<void>
}

/** Starts a server on a port of the loopback interface and resolves when it answers. */
export async function runServer(command: ServerCommand, port: number): Promise<RunningServer> {
  const server = new ServerProcess(command)
  const start = async (): Promise<void> => {
    if (!(await canListen(port))) throw new Error(`Port ${port} of 127.0.0.1 is taken.`)
    await server.start()
  }
  try {
    await start()
  } catch (error) {
    removeDirectory(command.directory)
    throw error
  }
  return {
    port,
    kill: () => server.kill(),
    async restart() {
      await server.terminate()
      await start()
    },
    pause: () => server.pause(),
    resume: () => server.resume(),
    async stop() {
      await server.terminate()
      removeDirectory(command.directory)
    },
    gone: () => server.gone(),
  }
}

/** Whether an address answers with a status of success, within a second. */
export async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(1000) })
  await response.arrayBuffer()
  return response.ok
}
