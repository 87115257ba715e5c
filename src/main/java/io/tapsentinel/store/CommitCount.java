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
 * The number of write transactions of a SQLite store, kept in a file beside it. The file is written after each commit without a sync, so it
 * may be behind the store. If it is ahead, the store has lost commits.
 *
 * @param commits lower bound
 * @param at      time of the last one
 */
public record CommitCount(long commits, Instant at) {

    private static final Pattern CONTENT =
            Pattern.compile("(\\d{1,10}) +(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ)\\s*");
    private static final int DIGITS = 10;

    /** The count beside a store; empty when the file is missing or unreadable. */
    public static Optional<CommitCount> beside(Path store) {
        try {
            Matcher content = CONTENT.matcher(Files.readString(file(store)));
            return content.matches()
                    ? Optional.of(new CommitCount(Long.parseLong(content.group(1)), Instant.parse(content.group(2))))
                    : Optional.empty();
        } catch (IOException | RuntimeException none) {
            // a power failure during a write, or a file of another program
            return Optional.empty();
        }
    }

    /** Writes the file. Ignores errors, since the commit is done: at worst the file is behind. */
    static void write(Path store, long commits) {
        String number = String.valueOf(commits);
        // constant length, so one write replaces the whole content
        String content = number + " ".repeat(DIGITS - number.length() + 1)
                + Instant.now().truncatedTo(ChronoUnit.SECONDS) + "\n";
        try (RandomAccessFile file =
                new RandomAccessFile(PrivateFiles.file(file(store)).toFile(), "rw")) {
            file.write(content.getBytes(StandardCharsets.US_ASCII));
            file.setLength(content.length());
        } catch (IOException e) {
            // for example a full disk; the next commit tries again
        }
    }

    private static Path file(Path store) {
        return Path.of(store + ".commits");
    }

    /** One line about the commits that this store has lost; empty for none. */
    public Optional<String> lacking(Connection store) throws SQLException {
        return lacking(Sql.number(store, SqliteCommits.COUNT), store);
    }

    /** The same, for a store that has {@code kept} commits. */
    public Optional<String> lacking(long kept, Connection store) throws SQLException {
        long newest = Sql.number(store, "SELECT max(read_at) FROM ledger");
        return lacking(kept, newest == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(newest)));
    }

    /** The same. @param newestRead time of the store's newest read; empty for none */
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
