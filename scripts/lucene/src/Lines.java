import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Lines of cells with a tab between them, all ASCII: another UTF-16 unit, and a backslash, is written as a backslash, u and four hexadecimal digits. */
final class Lines implements AutoCloseable {
  private final BufferedReader in;
  private final PrintWriter out;

  Lines(InputStream in, OutputStream out) {
    this.in = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
    this.out = new PrintWriter(new OutputStreamWriter(out, StandardCharsets.US_ASCII));
  }

  /** The cells of the next line, or null after the last. */
  String[] read() throws IOException {
    String line = in.readLine();
    if (line == null) return null;
    String[] cells = line.split("\t", -1);
    for (int index = 0; index < cells.length; index++) cells[index] = unescape(cells[index]);
    return cells;
  }

  void write(List<?> cells) {
    List<String> escaped = new ArrayList<>(cells.size());
    for (Object cell : cells) escaped.add(escape(cell.toString()));
    out.print(String.join("\t", escaped) + "\n");
  }

  /** Where the next line is asked for once this one came. */
  void writeNow(List<?> cells) {
    write(cells);
    out.flush();
  }

  @Override
  public void close() throws IOException {
    in.close();
    out.close();
    if (out.checkError()) throw new IOException("the output could not be written");
  }

  private static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    for (int index = 0; index < text.length(); index++) {
      char unit = text.charAt(index);
      if (unit < ' ' || unit > '~' || unit == '\\') escaped.append(String.format("\\u%04x", (int) unit));
      else escaped.append(unit);
    }
    return escaped.toString();
  }

  private static String unescape(String cell) {
    if (cell.indexOf('\\') < 0) return cell;
    StringBuilder text = new StringBuilder(cell.length());
    for (int index = 0; index < cell.length(); index++) {
      char unit = cell.charAt(index);
      if (unit != '\\') {
        text.append(unit);
      } else {
        text.append((char) Integer.parseInt(cell.substring(index + 2, index + 6), 16));
        index += 5;
      }
    }
    return text.toString();
  }
}
