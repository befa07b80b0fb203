package node;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.elasticsearch.plugins.PluginBundle;
import org.elasticsearch.plugins.PluginsLoader;

/** The modules in a folder, as Elasticsearch 8 reads them. */
final class Modules {
    private Modules() {}

    static Set<PluginBundle> in(Path folder) throws IOException {
        return PluginsLoader.loadModulesBundles(folder);
    }
}
