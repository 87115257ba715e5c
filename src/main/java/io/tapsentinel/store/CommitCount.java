package io.tapsentinel.store;

import io.tapsentinel.event.HumanText;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The number of transactions that have written to a store, as a file beside the store has it. The file is written after each of them and
 * not forced to the disk: it may be behind the store, and is ahead only of a store that has lost commits.
 *
 * @param commits at least so many
 * @param at      when the last of them was
 */
public record CommitCount(long commits, Instant at) {

    private static final Pattern CONTENT =
            Pattern.compile("(\\d{1,10}) +(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ)\\s*");
    private static final int DIGITS = 10;

    /** What the file beside a store says; empty when there is none that can be read. */
    public static Optional<CommitCount> beside(Path store) {
        try {
            Matcher content = CONTENT.matcher(Files.readString(file(store)));
            return content.matches()
                    ? Optional.of(new CommitCount(Long.parseLong(content.group(1)), Instant.parse(content.group(2))))
                    : Optional.empty();
        } catch (IOException | RuntimeException none) {
            // the machine lost power while it was written, or another program wrote it
            return Optional.empty();
        }
    }

    /** Writes the file. Never fails, since the commit is done: at worst the file stays behind. */
    static void write(Path store, long commits) {
        String number = String.valueOf(commits);
        // always of one length, so that it replaces the one before as a whole
        String content = number + " ".repeat(DIGITS - number.length() + 1)
                + Instant.now().truncatedTo(ChronoUnit.SECONDS) + "\n";
        try (RandomAccessFile file =
                new RandomAccessFile(PrivateFiles.file(file(store)).toFile(), "rw")) {
            file.write(content.getBytes(StandardCharsets.US_ASCII));
            file.setLength(content.length());
        } catch (IOException e) {
            // a full disk, for instance; the next commit tries again
        }
    }

    private static Path file(Path store) {
        return Path.of(store + ".commits");
    }

    /** What this store has lost, one line; empty for nothing. */
    public Optional<String> lacking(Connection store) throws SQLException {
        return lacking(Sql.number(store, SqliteCommits.COUNT), store);
    }

    /** The same of this store when it had {@code kept} commits. */
    public Optional<String> lacking(long kept, Connection store) throws SQLException {
        long newest = Sql.number(store, "SELECT max(read_at) FROM ledger");
        return lacking(kept, newest == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(newest)));
    }

    /** The same of a store with {@code kept} commits. @param newestRead when its newest read was; empty when it has none */
    public Optional<String> lacking(long kept, Optional<Instant> newestRead) {
        return kept >= commits
                ? Optional.empty()
                : Optional.of("it lacks at least " + HumanText.count(commits - kept, "commit")
                        + ", the last from " + HumanText.time(at) + ", and "
                        + newestRead
                                .map(read -> "its newest read is from " + HumanText.time(read))
                                .orElse("it contains no read")
                        + "; rows delivered "
                        + newestRead
                                .map(read -> "between " + HumanText.time(read) + " and " + HumanText.time(at))
                                .orElse("until " + HumanText.time(at))
                        + " may be sent twice");
    }
}
