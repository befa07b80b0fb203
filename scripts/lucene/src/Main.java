/** Commands over Lucene that the golden files and the bench are made by; README.md has their lines. */
public final class Main {
  private static final String USAGE = "usage: run.sh tokens ANALYZER | rank | time";

  public static void main(String[] arguments) throws Exception {
    String command = arguments.length == 0 ? "" : arguments[0];
    try (Lines lines = new Lines(System.in, System.out)) {
      switch (command) {
        case "tokens" -> Tokens.print(Analyzers.named(arguments[1]), lines);
        case "rank" -> Rank.print(lines);
        case "time" -> Time.print(lines);
        default -> throw new IllegalArgumentException(USAGE);
      }
    }
  }
}
