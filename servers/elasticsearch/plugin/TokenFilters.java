package plugin;

import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.cjk.CJKBigramFilter;
import org.apache.lucene.analysis.cjk.CJKWidthFilter;
import org.apache.lucene.analysis.en.EnglishMinimalStemFilter;
import org.apache.lucene.analysis.en.EnglishPossessiveFilter;
import org.apache.lucene.analysis.en.KStemFilter;
import org.apache.lucene.analysis.en.PorterStemFilter;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.synonym.SynonymFilter;
import org.apache.lucene.analysis.synonym.SynonymGraphFilter;
import org.apache.lucene.analysis.synonym.SynonymMap;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.index.analysis.NormalizingTokenFilterFactory;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.lucene.analysis.miscellaneous.DisableGraphAttribute;
import org.elasticsearch.plugins.AnalysisPlugin;

/**
 * Lucene's filters under the names and with the options of analysis-common. The stop filter and the lower case are in
 * the core.
 */
final class TokenFilters {
    // "synonym" is SynonymFilter, however deprecated.
    @SuppressWarnings("deprecation")
    static final Map<String, AnalysisProvider<TokenFilterFactory>> BY_NAME = Map.of(
        "asciifolding",
        (index, environment, name, options) -> new Folding(name, options.getAsBoolean("preserve_original", false)),
        "cjk_bigram",
        (index, environment, name, options) -> Bigrams.of(name, options),
        "cjk_width",
        (index, environment, name, options) -> new Normalizing(name, CJKWidthFilter::new),
        "porter_stem",
        (index, environment, name, options) -> new Plain(name, PorterStemFilter::new),
        "stemmer",
        (index, environment, name, options) -> new Plain(name, stemmer(options)),
        "synonym",
        synonyms((in, map) -> new SynonymFilter(in, map, false)),
        "synonym_graph",
        synonyms((in, map) -> new SynonymGraphFilter(in, map, false))
    );

    private TokenFilters() {}

    private static AnalysisProvider<TokenFilterFactory> synonyms(
        BiFunction<TokenStream, SynonymMap, TokenStream> filter
    ) {
        return AnalysisPlugin.requiresAnalysisSettings(
            (index, environment, name, options) -> new Synonyms(name, options, filter)
        );
    }

    private static UnaryOperator<TokenStream> stemmer(Settings options) {
        String language = options.get("language", options.get("name", "porter"));
        return switch (language.toLowerCase(Locale.ROOT)) {
            case "english", "porter" -> PorterStemFilter::new;
            case "light_english", "lightenglish", "kstem" -> KStemFilter::new;
            case "minimal_english", "minimalenglish" -> EnglishMinimalStemFilter::new;
            case "possessive_english", "possessiveenglish" -> EnglishPossessiveFilter::new;
            default -> throw new IllegalArgumentException("This node has no stemmer for [" + language + "]");
        };
    }

    private record Plain(String name, UnaryOperator<TokenStream> filter) implements TokenFilterFactory {
        @Override
        public TokenStream create(TokenStream in) {
            return filter.apply(in);
        }
    }

    /** One that normalizers may have too. */
    private record Normalizing(String name, UnaryOperator<TokenStream> filter)
        implements NormalizingTokenFilterFactory {
        @Override
        public TokenStream create(TokenStream in) {
            return filter.apply(in);
        }
    }

    private record Folding(String name, boolean preserveOriginal) implements NormalizingTokenFilterFactory {
        @Override
        public TokenStream create(TokenStream in) {
            return new ASCIIFoldingFilter(in, preserveOriginal);
        }

        /** Where one token has to remain one. */
        @Override
        public TokenStream normalize(TokenStream in) {
            return new ASCIIFoldingFilter(in, false);
        }

        @Override
        public TokenFilterFactory getSynonymFilter() {
            return new Folding(name, false);
        }
    }

    private record Bigrams(String name, int scripts, boolean unigrams) implements TokenFilterFactory {
        private static final Map<String, Integer> SCRIPTS = Map.of(
            "han", CJKBigramFilter.HAN,
            "hangul", CJKBigramFilter.HANGUL,
            "hiragana", CJKBigramFilter.HIRAGANA,
            "katakana", CJKBigramFilter.KATAKANA
        );

        static Bigrams of(String name, Settings options) {
            int scripts = SCRIPTS.values().stream().reduce(0, (one, other) -> one | other);
            for (String ignored : options.getAsList("ignored_scripts")) scripts &= ~SCRIPTS.getOrDefault(ignored, 0);
            return new Bigrams(name, scripts, options.getAsBoolean("output_unigrams", false));
        }

        @Override
        public TokenStream create(TokenStream in) {
            CJKBigramFilter filter = new CJKBigramFilter(in, scripts, unigrams);
            // Of both sizes side by side a query would make a graph of all paths.
            if (unigrams) filter.addAttribute(DisableGraphAttribute.class);
            return filter;
        }

        @Override
        public TokenFilterFactory getSynonymFilter() {
            if (unigrams) throw new IllegalArgumentException("Filter [" + name + "] makes too much to read synonyms");
            return this;
        }
    }
}
