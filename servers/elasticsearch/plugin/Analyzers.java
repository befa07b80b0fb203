package plugin;

import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.cjk.CJKAnalyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.index.analysis.Analysis;
import org.elasticsearch.index.analysis.AnalyzerProvider;
import org.elasticsearch.index.analysis.AnalyzerScope;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;

/** Lucene's analyzers under the names and with the options of analysis-common. */
final class Analyzers {
    static final Map<String, AnalysisProvider<AnalyzerProvider<? extends Analyzer>>> BY_NAME = Map.of(
        "english",
        (index, environment, name, options) -> new Fixed<>(name, english(environment, options)),
        "cjk",
        (index, environment, name, options) -> new Fixed<>(name, cjk(environment, options))
    );

    private Analyzers() {}

    private static Analyzer english(Environment environment, Settings options) {
        CharArraySet stopWords = Analysis.parseStopWords(environment, options, EnglishAnalyzer.getDefaultStopSet());
        return new EnglishAnalyzer(stopWords, Analysis.parseStemExclusion(options, CharArraySet.EMPTY_SET));
    }

    private static Analyzer cjk(Environment environment, Settings options) {
        return new CJKAnalyzer(Analysis.parseStopWords(environment, options, CJKAnalyzer.getDefaultStopSet()));
    }

    /** Gives the one analyzer that was made for an index. */
    private record Fixed<T extends Analyzer>(String name, T get) implements AnalyzerProvider<T> {
        @Override
        public AnalyzerScope scope() {
            return AnalyzerScope.INDEX;
        }
    }
}
