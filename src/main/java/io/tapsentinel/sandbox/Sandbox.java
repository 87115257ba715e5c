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
 * Simulates TAP and Sentinel on loopback in this process, for a run without an account. Some of TAP's rows appear minutes late; the
 * ingestion endpoint writes accepted rows to {@code <Table>.ndjson}. All files, including the store, are in one folder.
 */
public final class Sandbox implements AutoCloseable {

    /** At the sandbox's pace, TAP's 1,800 requests would last a few hours. */
    private static final int REQUESTS_PER_DAY = 100_000;
    /** Gives a late row every few seconds, while an hour of events is still quick to read at every poll. */
    private static final int EVENTS_PER_HOUR = 3_000;
    /** Below {@code tap.poll.settle}, so that only rows meant to be late are late. */
    private static final Duration PROMPT = Duration.ofSeconds(1);

    /** Interval of the printed table. */
    private static final Duration PRINTED = Duration.ofSeconds(5);

    private static final String CREDENTIAL = "sandbox";

    private final Path folder;
    private final SandboxTap tap;
    private final SandboxIngestion ingestion;
    private final TypeCounts duplicates = new TypeCounts();
    private final TypeCounts late = new TypeCounts();
    private final Closeable printer;

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
     * Starts both services on free ports.
     *
     * @param folder for rows and the store; created if missing
     * @param out    for the banner and, every five seconds, a table of results
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
                SANDBOX: TAP and Sentinel are simulated in this process; nothing leaves your machine.
                  simulated TAP       %s  (generated events, some appear minutes late)
                  simulated Sentinel  %s  (rows are written to %s/<Table>.ndjson)
                  request limit       %,d a day (TAP allows 1,800)
                  For a real run, set tap.principal, tap.secret, sentinel.endpoint and sentinel.dcr-immutable-id.""".formatted(tap.uri(), ingestion.uri(), folder, REQUESTS_PER_DAY));
        return new Sandbox(folder, tap, ingestion, clock, out);
    }

    /** Properties of a run against this sandbox; they override all others. */
    public Map<String, String> properties() {
        Map<String, String> properties = new HashMap<>(storage(folder));
        properties.putAll(Map.ofEntries(
                Map.entry("tap.url", tap.uri().toString()),
                // ports change at every start, events do not
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

    /** The properties that locate the sandbox's store, for commands; the sandbox need not be running. */
    public static Map<String, String> storage(Path folder) {
        return Map.of(
                "state.url",
                "jdbc:sqlite:" + folder.resolve("tap-sentinel.db"),
                "tap.rejected.uri",
                "file:" + folder.resolve("rejected"),
                "tap.budget.requests-per-day",
                String.valueOf(REQUESTS_PER_DAY));
    }

    /** Counts a committed read for the table. */
    public void committed(LedgerEntry read) {
        for (EventType type : EventType.values()) {
            Map<String, Long> counts = read.counts().getOrDefault(type.arrayName(), Map.of());
            duplicates.add(type, counts.getOrDefault("duplicate", 0L) + counts.getOrDefault("duplicate-inside", 0L));
            late.add(type, counts.getOrDefault("late", 0L));
        }
    }

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
