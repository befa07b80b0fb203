import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.OffsetAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;

/** Tokens of texts. */
final class Tokens {
  private Tokens() {}

  interface Sink {
    void token(String term, int start, int end, int position);
  }

  /** For each line with a text, a line with term, start, end and position of each of its tokens. */
  static void print(Analyzer analyzer, Lines lines) throws IOException {
    for (String[] line = lines.read(); line != null; line = lines.read()) {
      List<Object> cells = new ArrayList<>();
      each(analyzer, line[0], (term, start, end, position) -> cells.addAll(List.of(term, start, end, position)));
      lines.write(cells);
    }
  }

  static void each(Analyzer analyzer, String text, Sink sink) throws IOException {
    try (TokenStream stream = analyzer.tokenStream("text", text)) {
      CharTermAttribute term = stream.getAttribute(CharTermAttribute.class);
      OffsetAttribute offset = stream.getAttribute(OffsetAttribute.class);
      PositionIncrementAttribute increment = stream.getAttribute(PositionIncrementAttribute.class);
      int position = -1;
      stream.reset();
      while (stream.incrementToken()) {
        position += increment.getPositionIncrement();
        sink.token(term.toString(), offset.startOffset(), offset.endOffset(), position);
      }
      stream.end();
    }
  }
}
