import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.FuzzyQuery;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;

/** Queries of a kind: words of a text in fields, which are given as field^boost. */
final class Queries {
  private Queries() {}

  static Query of(String kind, Analyzer analyzer, String text, List<String> fields) throws IOException {
    List<String> terms = new ArrayList<>();
    Tokens.each(analyzer, text, (term, start, end, position) -> terms.add(term));
    return switch (kind) {
      case "terms" -> eachTerm(terms, fields, TermQuery::new);
      case "prefix" -> eachTerm(terms, fields, PrefixQuery::new);
      case "fuzzy" -> eachTerm(terms, fields, term -> new FuzzyQuery(term, 1));
      case "phrase" -> phrase(terms, fields);
      default -> throw new IllegalArgumentException("no query is of the kind " + kind);
    };
  }

  /** Each term, optional in each field; the scores of what matches are added, so a word that is said twice counts twice. */
  private static Query eachTerm(List<String> terms, List<String> fields, Function<Term, Query> ofTerm) {
    BooleanQuery.Builder query = new BooleanQuery.Builder();
    for (String term : terms) {
      for (String field : fields) query.add(boosted(field, name -> ofTerm.apply(new Term(name, term))), Occur.SHOULD);
    }
    return query.build();
  }

  private static Query phrase(List<String> terms, List<String> fields) {
    BooleanQuery.Builder query = new BooleanQuery.Builder();
    String[] words = terms.toArray(String[]::new);
    for (String field : fields) query.add(boosted(field, name -> new PhraseQuery(name, words)), Occur.SHOULD);
    return query.build();
  }

  private static Query boosted(String field, Function<String, Query> ofField) {
    int caret = field.lastIndexOf('^');
    return new BoostQuery(ofField.apply(field.substring(0, caret)), Float.parseFloat(field.substring(caret + 1)));
  }

  /** The fields among the cells of a line, which are its last. */
  static List<String> fields(String[] line, int first) {
    return Arrays.asList(line).subList(first, line.length);
  }
}
