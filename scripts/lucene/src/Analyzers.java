import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.cjk.CJKAnalyzer;
import org.apache.lucene.analysis.core.KeywordAnalyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.analysis.standard.StandardTokenizer;

/** Analyzers as Elasticsearch builds those of these names in. */
final class Analyzers {
  private Analyzers() {}

  static Analyzer named(String name) {
    return switch (name) {
      case "standard" -> new StandardAnalyzer();
      case "keyword" -> new KeywordAnalyzer();
      case "folding" -> new Folding();
      case "english" -> new EnglishAnalyzer();
      case "cjk" -> new CJKAnalyzer();
      default -> throw new IllegalArgumentException("no analyzer is named " + name);
    };
  }

  private static final class Folding extends Analyzer {
    @Override
    protected TokenStreamComponents createComponents(String field) {
      Tokenizer tokenizer = new StandardTokenizer();
      return new TokenStreamComponents(tokenizer, new ASCIIFoldingFilter(new LowerCaseFilter(tokenizer)));
    }
  }
}
