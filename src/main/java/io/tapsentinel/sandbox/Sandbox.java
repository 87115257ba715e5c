package io.tapsentinel.sandbox;

import io.tapsentinel.event.EventType;
import io.tapsentinel.store.PrivateFiles;
import io.tapsentinel.store.ledger.LedgerEntry;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Both services inside this process on loopback, for a run without any account: TAP with rows that show up minutes late,
 * and an ingestion endpoint that writes what it accepts to {@code <Table>.ndjson}. Everything, the store included, lies
 * in one folder of its own. Nothing leaves the machine.
 */
public final class Sandbox implements AutoCloseable {

    /** TAP's 1,800 a day would be used up in hours at the sandbox's pace. */
    private static final int REQUESTS_PER_DAY = 100_000;
    /** Enough for a late row every few seconds, little enough to read an hour of them at every poll. */
    private static final int EVENTS_PER_HOUR = 3_000;
    /** Below settle, so that only the rows that are meant to be late are late. */
    private static final Duration PROMPT = Duration.ofSeconds(1);

    /** Time between two tables. */
    private static final Duration PRINTED = Duration.ofSeconds(5);

    private static final String CREDENTIAL = "sandbox";

    private final Path folder;
    private final SandboxTap tap;
    private final SandboxIngestion ingestion;
    private final TypeCounts duplicates = new TypeCounts();
    private final TypeCounts late = new TypeCounts();
    private final Closeable printer;

    /** Where the properties have it. */
    public static Path folder(Map<String, String> properties) {
        return Path.of(properties.get("tap.sandbox.folder"));
    }

    private Sandbox(Path folder, SandboxTap tap, SandboxIngestion ingestion, Clock clock, PrintStream out) {
        this.folder = folder;
        this.tap = tap;
        this.ingestion = ingestion;
        SandboxBoard board = new SandboxBoard(ingestion::landed, duplicates::count, late::count, tap::missedByLookOnce);
        this.printer = board.printEvery(PRINTED, out, clock);
    }

    /**
     * Starts both services on free ports and says so.
     *
     * @param folder where rows and store go; made when absent
     * @param out    takes the banner and, every five seconds, a table of what has happened
     */
    public static Sandbox start(Path folder, Clock clock, PrintStream out) throws IOException {
        PrivateFiles.folder(folder);
        SandboxSettings settings = SandboxSettings.defaults()
                .eventsPerHour(EVENTS_PER_HOUR)
                .lateLag(Duration.ofMinutes(1), Duration.ofMinutes(5))
                .maxPromptLag(PROMPT);
        SandboxTap tap =
                new SandboxTap(new SandboxEvents(settings), clock, CREDENTIAL, CREDENTIAL, REQUESTS_PER_DAY).start();
        SandboxIngestion ingestion = new SandboxIngestion(new NdjsonFolder(folder)).start();
        out.println("""
                SANDBOX: no account is used and nothing leaves this machine.
                  TAP stand-in        %s  (made-up events, some of them indexed minutes late)
                  ingestion stand-in  %s  (accepted rows go to %s/<Table>.ndjson)
                  request pools and budget are %,d a day here; TAP allows 1,800
                  set tap.principal, tap.secret, sentinel.endpoint and sentinel.dcr-immutable-id for a real run""".formatted(tap.uri(), ingestion.uri(), folder, REQUESTS_PER_DAY));
        return new Sandbox(folder, tap, ingestion, clock, out);
    }

    /** The properties of a run against this sandbox; they win over all others. */
    public Map<String, String> properties() {
        Map<String, String> properties = new HashMap<>(storage(folder));
        properties.putAll(Map.ofEntries(
                Map.entry("tap.url", tap.uri().toString()),
                // the port is another one at every start, the events are the same
                Map.entry("tap.source-identity", "sandbox"),
                Map.entry("tap.principal", CREDENTIAL),
                Map.entry("tap.secret", CREDENTIAL),
                Map.entry("tap.poll.cron", "0/5 * * * * ?"),
                Map.entry("tap.poll.settle", "PT2S"),
                Map.entry("tap.spool", folder.resolve("spool").toString()),
                Map.entry("tap.replay.uri", "file:" + folder.resolve("replay")),
                Map.entry("tap.archive.outbox", folder.resolve("archive-outbox").toString()),
                Map.entry("sentinel.endpoint", ingestion.uri().toString()),
                Map.entry("sentinel.dcr-immutable-id", SandboxIngestion.RULE_ID),
                Map.entry("sentinel.auth", "none")));
        return properties;
    }

    /** Those of them that tell where a sandbox keeps what it has done and within which budget; also while none runs. */
    public static Map<String, String> storage(Path folder) {
        return Map.of(
                "state.url",
                "jdbc:sqlite:" + folder.resolve("tap-sentinel.db"),
                "tap.rejected.uri",
                "file:" + folder.resolve("rejected"),
                "tap.budget.requests-per-day",
                String.valueOf(REQUESTS_PER_DAY));
    }

    /** Counts what the program has read, for the table. */
    public void committed(LedgerEntry read) {
        for (EventType type : EventType.values()) {
            Map<String, Long> counts = read.counts().getOrDefault(type.arrayName(), Map.of());
            duplicates.add(type, counts.getOrDefault("duplicate", 0L) + counts.getOrDefault("duplicate-inside", 0L));
            late.add(type, counts.getOrDefault("late", 0L));
        }
    }

    /** The sink, for a look from outside. */
    SandboxIngestion ingestion() {
        return ingestion;
    }

    @Override
    public void close() throws IOException {
        printer.close();
        tap.close();
        ingestion.close();
    }
}
