import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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
  final Analyzer analyzer;
  final IndexSearcher searcher;
  final long indexNanos;
  private final Path folder;
  private final MMapDirectory directory;
  private final DirectoryReader reader;

  /** Reads a line with the analyzer and the names of the fields, then lines with doc, id and the fields' texts, then one with end. */
  Corpus(Lines lines) throws IOException {
    String[] header = lines.read();
    List<Document> documents = new ArrayList<>();
    for (String[] line = lines.read(); !line[0].equals("end"); line = lines.read()) documents.add(document(header, line));
    analyzer = Analyzers.named(header[0]);
    folder = Files.createTempDirectory("lucene-reference-");
    directory = new MMapDirectory(folder);
    long start = System.nanoTime();
    IndexWriterConfig config = new IndexWriterConfig(analyzer).setRAMBufferSizeMB(1024);
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (Document document : documents) writer.addDocument(document);
      writer.forceMerge(1);
    }
    indexNanos = System.nanoTime() - start;
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
