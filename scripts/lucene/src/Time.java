import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopScoreDocCollectorManager;

/** How long queries take, each from its text to the ids of its hits. */
final class Time {
  private static final int HITS = 10;

  private Time() {}

  /**
   * A line with the nanoseconds of indexing first; then, as soon as a line with kind, counted, text and fields came, one
   * with its nanoseconds, its total and its ids. Matches over the number counted are only known to be more.
   */
  static void print(Lines lines) throws IOException {
    try (Corpus corpus = new Corpus(lines)) {
      lines.writeNow(List.of(corpus.indexNanos));
      for (String[] line = lines.read(); line != null; line = lines.read()) lines.writeNow(timed(corpus, line));
    }
  }

  private static List<Object> timed(Corpus corpus, String[] line) throws IOException {
    int counted = Integer.parseInt(line[1]);
    List<String> ids = new ArrayList<>(HITS);
    long start = System.nanoTime();
    var query = Queries.of(line[0], corpus.analyzer, line[2], Queries.fields(line, 3));
    TopDocs found = corpus.searcher.search(query, new TopScoreDocCollectorManager(HITS, null, counted));
    for (ScoreDoc hit : found.scoreDocs) ids.add(corpus.id(hit.doc));
    List<Object> cells = new ArrayList<>(List.of(System.nanoTime() - start, found.totalHits.value));
    cells.addAll(ids);
    return cells;
  }
}
