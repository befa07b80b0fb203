package node;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/**
 * Runs one node until a signal ends it. The arguments are the folder of the installation, which holds modules/, and the
 * folder of elasticsearch.yml.
 */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        try {
            start(Path.of(args[0]), Path.of(args[1]));
            new CountDownLatch(1).await();
        } catch (Throwable failure) {
            failure.printStackTrace();
            // Once more, without all that stands between.
            for (Throwable cause = failure; cause != null; cause = cause.getCause()) System.err.println(cause);
            // Threads of a node that is half started would keep the process.
            Runtime.getRuntime().halt(1);
        }
    }

    private static void start(Path home, Path config) throws Exception {
        LogConfigurator.configureESLogging();
        Settings settings = Settings.builder().put("path.home", home.toString()).build();
        Environment environment = InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), config, () -> "node");
        // Without exports between Java modules: all of it is on the class path.
        var plugins = PluginsLoader.createPluginsLoader(
            Modules.in(environment.modulesDir()),
            Modules.in(environment.pluginsDir()),
            Map.of(),
            false
        );
        Node node = new Node(environment, plugins);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node)));
        node.start();
    }

    private static void close(Node node) {
        try {
            node.close();
        } catch (IOException failure) {
            failure.printStackTrace();
        }
    }
}
