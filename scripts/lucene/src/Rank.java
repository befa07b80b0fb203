import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopScoreDocCollectorManager;

/** The first documents of queries, with their scores. */
final class Rank {
  private Rank() {}

  /** For each line with limit, text and fields after the documents, a line with the total, and id and score of each hit. */
  static void print(Lines lines) throws IOException {
    try (Corpus corpus = new Corpus(lines)) {
      for (String[] line = lines.read(); line != null; line = lines.read()) {
        Query query = Queries.of("terms", corpus.analyzer, line[1], Queries.fields(line, 2));
        int limit = Integer.parseInt(line[0]);
        TopDocs found = corpus.searcher.search(query, new TopScoreDocCollectorManager(limit, null, Integer.MAX_VALUE));
        List<Object> cells = new ArrayList<>(List.of(found.totalHits.value));
        for (ScoreDoc hit : found.scoreDocs) cells.addAll(List.of(corpus.id(hit.doc), hit.score));
        lines.write(cells);
      }
    }
  }
}
