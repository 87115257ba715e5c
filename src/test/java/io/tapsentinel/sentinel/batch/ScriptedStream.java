package io.tapsentinel.sentinel.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.event.BrokenEventLife;
import io.tapsentinel.event.DeliveryLog;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.Outcome;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.sentinel.batch.SuspensionLog.Suspended;
import io.tapsentinel.sentinel.schema.TableSchema;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.sentinel.upload.Uploader;
import io.tapsentinel.testing.Events;
import io.tapsentinel.testing.MovableClock;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/** A scripted stream with everything a delivery needs, on a clock that only pauses move. */
final class ScriptedStream implements Uploader, DeliveryLog, DeliveryListener {

    static final Instant START = Instant.parse("2026-11-20T12:00:00Z");

    final List<String> stored = new ArrayList<>();
    final List<RejectedRecord> rejected = new ArrayList<>();
    final List<Duration> pauses = new ArrayList<>();
    /** What was written to the store, in order. */
    final List<String> log = new ArrayList<>();

    final List<Boolean> needsPerson = new ArrayList<>();
    /** Ids that the stream refuses with 400. */
    final Set<String> bad = new HashSet<>();
    /** Answers for the next requests; null accepts. */
    final Deque<UploadException> next = new ArrayDeque<>();

    /** The answer to every request with records; null accepts. An empty array is always accepted. */
    UploadException always;
    /** Whether another table works. */
    boolean anotherWorks;

    /** The stored states of the suspension; {@code null} is its end. */
    final List<Suspended> kept = new ArrayList<>();

    /** The timeouts of requests that have one. */
    final List<Duration> deadlines = new ArrayList<>();

    RuntimeException notKept;
    RuntimeException rejectedEndpoint;
    boolean refusesEverything;
    int largest = Integer.MAX_VALUE;
    /** Requests with at least so many records get no answer. */
    int late = Integer.MAX_VALUE;

    int requests;
    int renewed;
    Runnable beforeRequest = () -> {};
    Runnable onPause = () -> {};
    private int requestsBefore;
    private long sent;
    private final MovableClock clock = new MovableClock(START);

    final Suspension suspension = suspension();

    /** A new suspension for this stream, as after a restart. */
    Suspension suspension() {
        SuspensionLog keeping = new SuspensionLog() {
            @Override
            public void suspended(EventType type, Suspended now) {
                if (notKept != null) {
                    throw notKept;
                }
                kept.add(now);
            }

            @Override
            public void ended(EventType type) {
                kept.add(null);
            }
        };
        return new Suspension(EventType.MESSAGES_BLOCKED, () -> anotherWorks, () -> keeping, clock, clock.steady());
    }

    /** The clock, which pauses move. */
    MovableClock clock() {
        return clock;
    }

    /** A delivery to this stream. */
    BatchSplitter delivery(RetrySettings retry) {
        Rejections rejections = new Rejections(
                record -> {
                    if (rejectedEndpoint != null) {
                        throw rejectedEndpoint;
                    }
                    rejected.add(record);
                },
                this,
                Clock.systemUTC());
        TableSchema schema = TableSchema.of(EventType.MESSAGES_BLOCKED.table());
        BatchTarget target = new BatchTarget(schema, this, this, rejections, this, suspension);
        RetryPause retries = new RetryPause(
                target,
                retry,
                new Random(1),
                () -> Duration.between(START, clock.now()).toNanos(),
                pause -> {
                    // a long pause has several steps without a request between them
                    boolean goesOn = requests == requestsBefore && !pauses.isEmpty();
                    pauses.add(goesOn ? pauses.remove(pauses.size() - 1).plus(pause) : pause);
                    requestsBefore = requests;
                    clock.advance(pause);
                    onPause.run();
                });
        return new BatchSplitter(new RetryingUploader(target, retries), rejections);
    }

    static RetrySettings retry(long deliveryTimeoutMs) {
        return new RetrySettings(Duration.ofSeconds(1), Duration.ofSeconds(60), Duration.ofMillis(deliveryTimeoutMs));
    }

    /** Records of events in flight, with ids {@code 0}, {@code 1} and so on. */
    static List<PendingRecord> records(int number, Object window) {
        return IntStream.range(0, number)
                .mapToObj(i -> {
                    TapEvent event = Events.event(EventType.MESSAGES_BLOCKED, String.valueOf(i));
                    BrokenEventLife.put(event, Outcome.SENDING);
                    return new PendingRecord(
                            event, event.getFields(), ("{\"id\":\"" + i + "\"}").getBytes(), window, failure -> {});
                })
                .toList();
    }

    static UploadException refused(int status, String code) {
        return new UploadException(
                status, "refused: " + status + " " + code, new UploadException.Answer(code, "text", "request", null));
    }

    @Override
    public void upload(String stream, byte[] body) throws UploadException {
        requests++;
        beforeRequest.run();
        List<String> ids = ids(body);
        if (!next.isEmpty()) {
            UploadException answer = next.poll();
            if (answer.status() != 204) {
                throw answer;
            }
        }
        if (always != null && !ids.isEmpty()) {
            throw always;
        }
        if (refusesEverything || ids.stream().anyMatch(bad::contains)) {
            throw refused(400, "InvalidRecord");
        }
        if (ids.size() >= late) {
            throw refused(0, "no answer in time");
        }
        if (ids.size() > largest) {
            throw refused(413, "ContentLengthLimitExceeded");
        }
        stored.addAll(ids);
    }

    private static List<String> ids(byte[] body) {
        try {
            List<String> ids = new ArrayList<>();
            for (JsonNode row : new ObjectMapper().readTree(body)) {
                ids.add(row.path("id").textValue());
            }
            return ids;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void upload(String stream, byte[] body, Duration most) throws UploadException {
        deadlines.add(most);
        upload(stream, body);
    }

    @Override
    public void renew() {
        renewed++;
    }

    @Override
    public long sending(Collection<TapEvent> batch) {
        log.add("sending " + batch.size());
        return ++sent;
    }

    @Override
    public void delivered(long request, Collection<TapEvent> batch) {
        assertThat(request).isEqualTo(sent);
        assertThat(batch).as("only before it settles").allMatch(event -> event.getOutcome() == Outcome.SENDING);
        log.add("delivered " + batch.size());
    }

    @Override
    public void notTaken(long request) {
        assertThat(request).isEqualTo(sent);
        log.add("not taken");
    }

    @Override
    public void unknown(long request) {
        assertThat(request).isEqualTo(sent);
        log.add("unknown");
    }

    @Override
    public void rejected(TapEvent event) {
        assertThat(rejected)
                .as("stored before its key")
                .extracting(record -> record.subject().key())
                .contains(event.getKey());
        log.add("rejected " + event.getId());
    }

    @Override
    public void acknowledged(List<TapEvent> events, int bytes) {
        log.add("acknowledged " + events.size());
    }

    @Override
    public void failing(UploadException failure, boolean person) {
        needsPerson.add(person);
    }

    /** The ids of the rejected records. */
    List<Object> rejectedIds() {
        return rejected.stream()
                .map(RejectedRecord::fields)
                .<Object>map(fields -> Map.copyOf(fields).get("id"))
                .toList();
    }
}
