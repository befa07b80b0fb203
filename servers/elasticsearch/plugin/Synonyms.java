package plugin;

import java.io.IOException;
import java.io.StringReader;
import java.text.ParseException;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.synonym.SolrSynonymParser;
import org.apache.lucene.analysis.synonym.SynonymMap;
import org.apache.lucene.util.CharsRef;
import org.apache.lucene.util.CharsRefBuilder;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.index.IndexService.IndexCreationContext;
import org.elasticsearch.index.analysis.AnalysisMode;
import org.elasticsearch.index.analysis.CharFilterFactory;
import org.elasticsearch.index.analysis.CustomAnalyzer;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.index.analysis.TokenizerFactory;

/** Synonyms from the option `synonyms`, in Solr's format. The filters before it in its analyzer read them too. */
final class Synonyms implements TokenFilterFactory {
    private final String name;
    private final BiFunction<TokenStream, SynonymMap, TokenStream> filter;
    private final String rules;
    private final boolean expand;
    private final boolean lenient;
    private final AnalysisMode mode;

    Synonyms(String name, Settings options, BiFunction<TokenStream, SynonymMap, TokenStream> filter) {
        refuseWhatIsMissing(options);
        boolean updateable = options.getAsBoolean("updateable", false);
        this.name = name;
        this.filter = filter;
        this.rules = String.join("\n", options.getAsList("synonyms"));
        this.expand = options.getAsBoolean("expand", true);
        this.lenient = options.getAsBoolean("lenient", updateable);
        this.mode = updateable ? AnalysisMode.SEARCH_TIME : AnalysisMode.ALL;
    }

    private static void refuseWhatIsMissing(Settings options) {
        if (!options.hasValue("synonyms")) {
            throw new IllegalArgumentException("This node takes synonyms from the option [synonyms] alone");
        }
        if ("wordnet".equals(options.get("format"))) {
            throw new IllegalArgumentException("This node takes synonyms in Solr's format alone");
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public AnalysisMode getAnalysisMode() {
        return mode;
    }

    @Override
    public TokenStream create(TokenStream in) {
        throw new IllegalStateException("Synonyms depend on the filters before them");
    }

    @Override
    public TokenFilterFactory getChainAwareTokenFilterFactory(
        IndexCreationContext context,
        TokenizerFactory tokenizer,
        List<CharFilterFactory> charFilters,
        List<TokenFilterFactory> previous,
        Function<String, TokenFilterFactory> all
    ) {
        var filters = previous.stream().map(TokenFilterFactory::getSynonymFilter).toArray(TokenFilterFactory[]::new);
        var analyzer = new CustomAnalyzer(tokenizer, charFilters.toArray(CharFilterFactory[]::new), filters);
        return new InChain(name, mode, filter, read(analyzer));
    }

    private SynonymMap read(Analyzer analyzer) {
        try {
            Rules parser = new Rules(expand, lenient, analyzer);
            parser.parse(new StringReader(rules));
            return parser.build();
        } catch (IOException | ParseException | IllegalArgumentException failure) {
            throw new IllegalArgumentException("failed to build synonyms from [" + name + "]", failure);
        }
    }

    private record InChain(
        String name,
        AnalysisMode getAnalysisMode,
        BiFunction<TokenStream, SynonymMap, TokenStream> filter,
        SynonymMap map
    ) implements TokenFilterFactory {
        @Override
        public TokenStream create(TokenStream in) {
            return map.fst == null ? in : filter.apply(in, map);
        }

        /** The rules of a second filter are read without the synonyms of the first. */
        @Override
        public TokenFilterFactory getSynonymFilter() {
            return IDENTITY_FILTER;
        }
    }

    /** A lenient one leaves out each term that the analyzer makes nothing of. */
    private static final class Rules extends SolrSynonymParser {
        private final boolean lenient;

        Rules(boolean expand, boolean lenient, Analyzer analyzer) {
            super(true, expand, analyzer);
            this.lenient = lenient;
        }

        @Override
        public CharsRef analyze(String text, CharsRefBuilder reuse) throws IOException {
            try {
                return super.analyze(text, reuse);
            } catch (IllegalArgumentException failure) {
                if (!lenient) throw failure;
                reuse.clear();
                return reuse.get();
            }
        }

        @Override
        public void add(CharsRef input, CharsRef output, boolean includeOrig) {
            if (lenient && (input.length == 0 || output.length == 0)) return;
            super.add(input, output, includeOrig);
        }
    }
}
