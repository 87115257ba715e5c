package io.tapsentinel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapsentinel.app.Parts;
import io.tapsentinel.app.Program;
import io.tapsentinel.app.Settings;
import io.tapsentinel.config.EffectiveProperties;
import io.tapsentinel.process.FatalErrors;
import io.tapsentinel.sandbox.SandboxEvent;
import io.tapsentinel.sandbox.SandboxEvents;
import io.tapsentinel.sandbox.SandboxIngestion;
import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.sandbox.SandboxTap;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * Simulated TAP and Sentinel behind fault proxies, and programs that run against them, with access to events, delivered rows and reads.
 */
public final class SimulatedServices implements AutoCloseable {

    /** Initial time. */
    public static final Instant START = Instant.parse("2026-11-20T12:00:00Z");

    /** Start of reading at the first start: settle and backfill before {@link #START}. */
    public static final Instant ORIGIN = START.minus(Duration.ofMinutes(61));

    private static final String NEVER = "0 0 0 1 1 ? 2099";

    static {
        // conditions hold after a few milliseconds; Awaitility would poll after 100
        Awaitility.setDefaultPollInterval(Duration.ofMillis(10));
    }

    private final Path folder;
    private final boolean ownsFolder;
    private final MovableClock clock = MovableClock.ticking(START);
    private final SandboxEvents events;
    private final SandboxTap tap;
    private final SandboxIngestion ingestion;
    private final FaultProxy tapProxy;
    private final FaultProxy sinkProxy;
    private final DeliveredRows delivered = new DeliveredRows(clock::now);
    private final List<LedgerEntry> reads = new CopyOnWriteArrayList<>();
    private final List<RunningProgram> programs = new ArrayList<>();
    private final Map<String, String> properties = new HashMap<>();
    private FatalErrors fatal = FatalErrors.LOG_ONLY;

    /** Makes a program that differs in more than its {@link Parts}. */
    @FunctionalInterface
    public interface Maker {
        Program make(Settings settings, Map<String, String> properties, Clock clock, Consumer<LedgerEntry> committed);
    }

    /** About 60 events an hour, in a folder that is deleted at the end. */
    public SimulatedServices() {
        this(sixtyEventsAnHour());
    }

    /** Uses a folder that is deleted at the end. */
    public SimulatedServices(SandboxSettings settings) {
        this(newFolder(), true, settings);
    }

    /** Uses the test's folder. */
    public SimulatedServices(Path folder, SandboxSettings settings) {
        this(folder, false, settings);
    }

    private SimulatedServices(Path folder, boolean ownsFolder, SandboxSettings settings) {
        this.folder = folder;
        this.ownsFolder = ownsFolder;
        this.events = new SandboxEvents(settings);
        try {
            this.tap = new SandboxTap(events, clock, "principal", "hush-hush").start();
            this.ingestion = new SandboxIngestion(delivered).start();
            this.tapProxy = new FaultProxy(tap.uri()).date(clock::now);
            this.sinkProxy = new FaultProxy(ingestion.uri());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        properties.putAll(EffectiveProperties.load(folder, Map.of()));
        properties.putAll(Map.ofEntries(
                Map.entry("tap.url", tapProxy.uri().toString()),
                Map.entry("tap.source-identity", "trial"),
                Map.entry("tap.principal", "principal"),
                Map.entry("tap.secret", "hush-hush"),
                Map.entry("sentinel.endpoint", sinkProxy.uri().toString()),
                Map.entry("sentinel.dcr-immutable-id", SandboxIngestion.RULE_ID),
                Map.entry("sentinel.auth", "none"),
                // tests trigger polls themselves
                Map.entry("tap.poll.cron", NEVER),
                Map.entry("tap.sweep.cron", NEVER)));
        // one attempt per run
        properties.put("tap.retry.pauses", "none");
        stateIn("state");
    }

    /** Sets a property of programs started later. */
    public SimulatedServices with(String property, String value) {
        properties.put(property, value);
        return this;
    }

    /** Unsets a property of programs started later. */
    public SimulatedServices without(String property) {
        properties.remove(property);
        return this;
    }

    /** Sets the state folder of programs started later. */
    public SimulatedServices stateIn(String name) {
        properties.putAll(TestDatabase.properties(folder.resolve(name).resolve("tap.db")));
        properties.put("tap.rejected.uri", "file:" + folder.resolve(name).resolve("rejected"));
        properties.put("tap.replay.uri", "file:" + folder.resolve(name).resolve("replay"));
        properties.put("tap.spool", folder.resolve(name).resolve("spool").toString());
        return this;
    }

    /** Copies the store in the state that a process killed now would leave. */
    public void copyState(String from, String to) throws IOException {
        TestDatabase.copy(
                folder.resolve(from).resolve("tap.db"), folder.resolve(to).resolve("tap.db"));
    }

    /** The default state folder. */
    public StateFolder state() {
        return new StateFolder(folder.resolve("state"));
    }

    /** The store in the default state folder. */
    public StoreQueries store() {
        return store("state");
    }

    public StoreQueries store(String state) {
        return new StoreQueries(folder.resolve(state).resolve("tap.db"));
    }

    public Path folder() {
        return folder;
    }

    /** The default events. */
    public static SandboxSettings sixtyEventsAnHour() {
        return SandboxSettings.defaults().seed(11).eventsPerHour(60).shareWithoutId(0.05);
    }

    /** A program whose clock is this far ahead of TAP's; less than zero for behind. */
    public static Maker ahead(Duration by) {
        return (settings, properties, clock, committed) ->
                new Program(settings, properties, Clock.offset(clock, by), committed);
    }

    /** Sets the handler of Errors in programs started later. */
    public SimulatedServices onError(FatalErrors handler) {
        fatal = handler;
        return this;
    }

    public RunningProgram start() {
        return start(new Parts());
    }

    public RunningProgram start(Parts parts) {
        return start((settings, properties, clock, committed) ->
                new Program(settings, properties, clock, clock, committed, fatal, parts));
    }

    public RunningProgram start(Maker maker) {
        Map<String, String> own = Map.copyOf(properties);
        RunningProgram program = new RunningProgram(
                maker.make(Settings.of(own), own, clock, reads::add),
                !own.get("tap.poll.cron").equals(NEVER)
                        || !own.get("tap.sweep.cron").equals(NEVER),
                own.get("camel.management.port"));
        programs.add(program);
        return program.awaitStart();
    }

    /** Type, id and recipient of all events created in [from, to] and visible at {@code at}, sorted. */
    public List<String> truth(Instant from, Instant to, Instant at) {
        List<String> truth = new ArrayList<>();
        for (Iterator<SandboxEvent> all = events.between(from, to); all.hasNext(); ) {
            SandboxEvent event = all.next();
            if (!event.visibleAt().isAfter(at)) {
                truth.add(event.truthKey());
            }
        }
        Collections.sort(truth);
        return truth;
    }

    /** The truth of the first window after a start at {@link #START}. */
    public List<String> firstHour() {
        LedgerEntry first = reads.get(0);
        return truth(first.window().from(), first.window().to(), first.readAt());
    }

    /** Rows accepted by the ingestion endpoint. */
    public DeliveredRows delivered() {
        return delivered;
    }

    /** {@link DeliveredRows#sorted}. */
    public List<String> rows() {
        return delivered.sorted();
    }

    /** Passes every further accepted row and its table to this consumer. */
    public SimulatedServices eachRow(BiConsumer<String, JsonNode> look) {
        delivered.eachRow(look);
        return this;
    }

    public MovableClock clock() {
        return clock;
    }

    /** The proxy of TAP; its answers have the clock's Date. */
    public FaultProxy tapProxy() {
        return tapProxy;
    }

    public FaultProxy sinkProxy() {
        return sinkProxy;
    }

    public SandboxTap tap() {
        return tap;
    }

    public SandboxIngestion ingestion() {
        return ingestion;
    }

    /** Polls until no backlog is left. */
    public RunningProgram readAll(RunningProgram program) throws SQLException {
        do {
            program.poll();
        } while (reads.isEmpty() || !store().backlog().isEmpty());
        return program;
    }

    /** Committed reads of all programs. */
    public List<LedgerEntry> reads() {
        return reads;
    }

    /** Committed reads with this purpose. */
    public List<LedgerEntry> reads(Purpose purpose) {
        return reads.stream().filter(read -> read.purpose() == purpose).toList();
    }

    /** Asserts that each event since {@link #ORIGIN} visible to the last poll was delivered exactly once. */
    public void assertEverythingLandedOnce() {
        LedgerEntry last =
                reads(Purpose.POLL).stream().reduce((earlier, later) -> later).orElseThrow();
        List<String> truth = truth(ORIGIN, last.window().to(), last.readAt());
        assertThat(truth).hasSizeGreaterThan(30);
        delivered.assertNoneLost(truth);
        assertNothingTwice();
    }

    public void assertNothingTwice() {
        delivered.assertNoneTwice(truth(ORIGIN, clock.now(), clock.now()));
    }

    @Override
    public void close() throws Exception {
        sinkProxy.release();
        tapProxy.release();
        for (RunningProgram program : programs) {
            program.close();
        }
        tapProxy.close();
        sinkProxy.close();
        tap.close();
        ingestion.close();
        if (ownsFolder) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static Path newFolder() {
        try {
            return Files.createTempDirectory("simulated-services");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
