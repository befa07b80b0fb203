import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopScoreDocCollectorManager;

/** The first documents of queries, with their scores. */
final class Rank {
  private Rank() {}

  /** For each line with query, limit, text and fields^boosts, a line with the total, and id and score of each hit. */
  static void print(Lines lines) throws IOException {
    try (Corpus corpus = new Corpus(lines)) {
      for (String[] line = corpus.next; line != null; line = lines.read()) {
        int limit = Integer.parseInt(line[1]);
        TopDocs found = corpus.searcher.search(anyTerm(corpus.analyzer, line), exactTotal(limit));
        List<Object> cells = new ArrayList<>(List.of(found.totalHits.value));
        for (ScoreDoc hit : found.scoreDocs) cells.addAll(List.of(corpus.id(hit.doc), hit.score));
        lines.write(cells);
      }
    }
  }

  static TopScoreDocCollectorManager exactTotal(int limit) {
    return new TopScoreDocCollectorManager(limit, null, Integer.MAX_VALUE, false);
  }

  /** Each distinct term of the text, optional in each field. */
  private static Query anyTerm(Analyzer analyzer, String[] line) throws IOException {
    Set<String> terms = new LinkedHashSet<>();
    Tokens.each(analyzer, line[2], (term, start, end, position) -> terms.add(term));
    BooleanQuery.Builder query = new BooleanQuery.Builder();
    for (String term : terms) {
      for (int cell = 3; cell < line.length; cell++) {
        String[] field = line[cell].split("\\^");
        query.add(new BoostQuery(new TermQuery(new Term(field[0], term)), Float.parseFloat(field[1])), Occur.SHOULD);
      }
    }
    return query.build();
  }
}
