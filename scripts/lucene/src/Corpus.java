import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.store.MMapDirectory;

/** Documents in one segment, in the order they came, in a folder that is removed with it. */
final class Corpus implements AutoCloseable {
  private final Path folder;
  private final MMapDirectory directory;
  private final DirectoryReader reader;
  final IndexSearcher searcher;
  final Analyzer analyzer;
  /** Lines after the documents begin with this one. */
  final String[] next;

  /** Reads a line with the analyzer and the names of the fields, then lines with doc, id and the fields' texts. */
  Corpus(Lines lines) throws IOException {
    folder = Files.createTempDirectory("lucene-reference-");
    directory = new MMapDirectory(folder);
    String[] header = lines.read();
    analyzer = Analyzers.named(header[0]);
    IndexWriterConfig config = new IndexWriterConfig(analyzer).setRAMBufferSizeMB(1024);
    String[] line = lines.read();
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (; line != null && line[0].equals("doc"); line = lines.read()) writer.addDocument(document(header, line));
      writer.forceMerge(1);
    }
    next = line;
    reader = DirectoryReader.open(directory);
    searcher = new IndexSearcher(reader);
    searcher.setQueryCache(null);
  }

  String id(int document) throws IOException {
    return searcher.storedFields().document(document).get("id");
  }

  @Override
  public void close() throws IOException {
    reader.close();
    directory.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
    }
  }

  /** An empty text is a field that the document has not. */
  private static Document document(String[] header, String[] line) {
    Document document = new Document();
    document.add(new StoredField("id", line[1]));
    for (int field = 1; field < header.length; field++) {
      String text = line[field + 1];
      if (!text.isEmpty()) document.add(new TextField(header[field], text, Field.Store.NO));
    }
    return document;
  }
}
