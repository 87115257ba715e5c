package io.tapsentinel.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.tapsentinel.sandbox.LoopbackServer;
import io.tapsentinel.sandbox.SandboxEvent;
import io.tapsentinel.sandbox.SandboxEvents;
import io.tapsentinel.sandbox.SandboxIngestion;
import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.sandbox.SandboxTap;
import io.tapsentinel.tap.plan.TimeRange;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.regex.MatchResult;

/**
 * TAP and the ingestion endpoint, simulated in the test's process with the real clock. Events are visible at once, so a window's content
 * does not depend on the time of the read.
 */
public final class LiveServices implements AutoCloseable {

    public static final String PRINCIPAL = "principal-of-a-test";
    public static final String SECRET = "hush-hush-secret";
    /** Part of every subject, address, URL and name in simulated events. */
    public static final String MARKER = "MARKER";
    /** Texts that neither output nor health may contain. */
    public static final List<String> NEVER_SHOWN =
            List.of(MARKER, SECRET, authorization(SECRET).substring("Basic ".length()));
    /** The Authorization header for this secret. */
    public static String authorization(String secret) {
        return "Basic "
                + Base64.getEncoder().encodeToString((PRINCIPAL + ':' + secret).getBytes(StandardCharsets.UTF_8));
    }

    /** In the log: first and last instant of a window. */
    public static final String COMMITTED = "(?:poll|backlog) (\\d{4}-\\d\\d-\\d\\d)[ T]([\\d:]+)Z?(?:-| - |/)"
            + "(?:(\\d{4}-\\d\\d-\\d\\d)[ T])?([\\d:]+)(?:Z| UTC) committed";

    private final SandboxEvents events;
    private final SandboxTap tap;
    private final LoopbackServer tapServer;
    private final AtomicLong served = new AtomicLong();
    private final DeliveredRows tables = new DeliveredRows();
    private final SandboxIngestion ingestion = new SandboxIngestion(tables);
    private final Instant origin;

    /** One in twenty events has no id. */
    public LiveServices(double eventsPerHour, Duration history) throws IOException {
        this(SandboxSettings.defaults().eventsPerHour(eventsPerHour).shareWithoutId(0.05), history);
    }

    /** @param history time before now where reading starts; up to an hour is one window */
    public LiveServices(SandboxSettings settings, Duration history) throws IOException {
        this(settings, history, Clock.systemUTC());
    }

    /** @param tapClock TAP's clock */
    public LiveServices(SandboxSettings settings, Duration history, Clock tapClock) throws IOException {
        events = new SandboxEvents(settings.marker(MARKER).shareLate(0).maxPromptLag(Duration.ZERO));
        origin = Instant.now().minus(history).truncatedTo(ChronoUnit.SECONDS);
        tap = new SandboxTap(events, tapClock, PRINCIPAL, SECRET);
        tapServer = LoopbackServer.start(this::count, 0);
        ingestion.start();
    }

    /**
     * A history of this many hours, up to an hour more, that starts 20 minutes into an hour. The first swept hour, which is read in part,
     * then always has events.
     */
    public static Duration sinceTheThirdOfAnHour(int hours) {
        Instant now = Instant.now();
        return Duration.between(
                now.minus(Duration.ofHours(hours)).truncatedTo(ChronoUnit.HOURS).minus(Duration.ofMinutes(40)), now);
    }

    /** Properties of a program that polls every two seconds and keeps its state in its working directory. */
    public Map<String, String> properties() {
        return new HashMap<>(Map.ofEntries(
                Map.entry("tap.url", tapUri().toString()),
                Map.entry("tap.principal", PRINCIPAL),
                Map.entry("tap.secret", SECRET),
                Map.entry("tap.poll.start", origin.toString()),
                Map.entry("tap.poll.cron", "0/2 * * * * ?"),
                // retry quickly
                Map.entry("tap.retry.pauses", "PT0.5S,PT1S"),
                // polls every two seconds exceed TAP's budget
                Map.entry("tap.budget.requests-per-day", "1000000"),
                Map.entry("sentinel.endpoint", sinkUri().toString()),
                Map.entry("sentinel.dcr-immutable-id", SandboxIngestion.RULE_ID),
                Map.entry("sentinel.auth", "none")));
    }

    /** A program with these properties in this folder. */
    public PackagedProgram.Launch launch(Path folder) throws IOException {
        return PackagedProgram.in(folder).with(properties());
    }

    public URI tapUri() {
        return tapServer.uri();
    }

    public URI sinkUri() {
        return ingestion.uri();
    }

    /** TAP's handler, for a server in front of it. */
    public HttpHandler source() {
        return this::count;
    }

    /** The ingestion endpoint's handler, for a server in front of it. */
    public HttpHandler sink() {
        return ingestion;
    }

    public DeliveredRows tables() {
        return tables;
    }

    /** Number of requests to TAP. */
    public long tapRequests() {
        return tap.requests();
    }

    /** Number of uploads not answered with 204. */
    public long refused() {
        return ingestion.refused();
    }

    /** Compressed bytes of TAP's answers. */
    public long bytesServed() {
        return served.get();
    }

    /** {@link SandboxEvent#truthKey} of all events created in [from, to]. */
    public List<String> truth(Instant from, Instant to) {
        List<String> truth = new ArrayList<>();
        for (Iterator<SandboxEvent> all = events.between(from, to); all.hasNext(); ) {
            truth.add(all.next().truthKey());
        }
        return truth;
    }

    /** When TAP created each of these events, by {@link SandboxEvent#truthKey}. */
    public Map<String, Instant> created(Instant from, Instant to) {
        Map<String, Instant> created = new HashMap<>();
        events.between(from, to).forEachRemaining(event -> created.put(event.truthKey(), event.created()));
        return created;
    }

    /** TAP's unchanged answer for a window. */
    public byte[] answer(Instant from, Instant to) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        tapUri().resolve("/v2/siem/all?format=json&interval=" + from + "/" + to))
                .header("Authorization", authorization(SECRET))
                .build();
        HttpResponse<byte[]> response =
                HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray());
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }

    /** Asserts that all events of committed windows were delivered once; returns their number. */
    public int assertThatAllCommittedLandedOnce(PackagedProgram program) {
        int events = assertThatNothingCommittedIsLost(program);
        tables.assertNoneTwice(truth(origin, Instant.now()));
        return events;
    }

    /** Waits until the backlog is read, for example of windows that a killed process left. */
    public static void awaitNoBacklog(PackagedProgram program, Path work) {
        program.awaitThat("the backlog is read", Duration.ofSeconds(90), () -> {
            try (StoreCopy store = StoreCopy.of(work)) {
                return store.count("backlog") == 0;
            }
        });
    }

    /** The same, but allows duplicates. */
    public int assertThatNothingCommittedIsLost(PackagedProgram program) {
        return assertThatNothingIsLost(() -> program.found(COMMITTED));
    }

    /** The same for windows committed by several programs; waits until they are contiguous. */
    public int assertThatNothingIsLost(Supplier<List<MatchResult>> committed) {
        await("time that failed is read")
                .atMost(Duration.ofSeconds(60))
                .until(() -> TimeRange.union(committed.get().stream()
                                        .map(LiveServices::window)
                                        .toList())
                                .size()
                        == 1);
        List<TimeRange> windows = TimeRange.union(
                committed.get().stream().map(LiveServices::window).toList());
        List<String> truth =
                truth(windows.get(0).from(), windows.get(windows.size() - 1).to());
        tables.assertNoneLost(truth);
        return truth.size();
    }

    /** JSON bytes of the events in committed windows. */
    public long bytesOfCommitted(PackagedProgram program) throws IOException {
        long bytes = 0;
        for (MatchResult line : program.found(COMMITTED)) {
            TimeRange window = window(line);
            CountingOutputStream count = new CountingOutputStream(OutputStream.nullOutputStream());
            try (JsonGenerator json = new JsonFactory().createGenerator(count)) {
                Random order = new Random(1);
                for (Iterator<SandboxEvent> all = events.between(window.from(), window.to()); all.hasNext(); ) {
                    all.next().write(json, order);
                }
            }
            bytes += count.bytes.get();
        }
        return bytes;
    }

    /** The window of a {@link #COMMITTED} line, which an older version writes as an ISO interval. */
    public static TimeRange window(MatchResult line) {
        LocalDate day = LocalDate.parse(line.group(1));
        LocalDate lastDay = line.group(3) == null ? day : LocalDate.parse(line.group(3));
        return new TimeRange(
                day.atTime(LocalTime.parse(line.group(2))).toInstant(ZoneOffset.UTC),
                lastDay.atTime(LocalTime.parse(line.group(4))).toInstant(ZoneOffset.UTC));
    }

    private void count(HttpExchange exchange) throws IOException {
        CountingOutputStream answer = new CountingOutputStream(exchange.getResponseBody());
        exchange.setStreams(null, answer);
        tap.handle(exchange);
        served.addAndGet(answer.bytes.get());
    }

    private static final class CountingOutputStream extends FilterOutputStream {
        private final AtomicLong bytes = new AtomicLong();

        CountingOutputStream(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int value) throws IOException {
            out.write(value);
            bytes.incrementAndGet();
        }

        @Override
        public void write(byte[] values, int from, int length) throws IOException {
            out.write(values, from, length);
            bytes.addAndGet(length);
        }
    }

    @Override
    public void close() {
        tables.release();
        tapServer.close();
        ingestion.close();
    }
}
