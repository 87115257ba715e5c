package io.tapsentinel.sentinel.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.sentinel.DeliveryLog;
import io.tapsentinel.sentinel.RejectedRecord;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.sentinel.upload.Uploader;
import io.tapsentinel.tap.EventType;
import io.tapsentinel.tap.Handling;
import io.tapsentinel.tap.Outcome;
import io.tapsentinel.tap.TapEvent;
import io.tapsentinel.testing.Events;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
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

/** A stream that refuses by the test's rule, and everything a delivery needs, on a clock that only pauses move. */
final class ScriptedStream implements Uploader, DeliveryLog, DeliveryListener {

    final List<String> stored = new ArrayList<>();
    final List<RejectedRecord> rejected = new ArrayList<>();
    final List<Duration> pauses = new ArrayList<>();
    /** What the durable side heard, in order. */
    final List<String> log = new ArrayList<>();

    final List<Boolean> needsPerson = new ArrayList<>();
    /** Ids that the stream refuses with 400. */
    final Set<String> bad = new HashSet<>();
    /** Answers for the next requests, whatever is in them; null accepts. */
    final Deque<UploadException> next = new ArrayDeque<>();

    RuntimeException rejectedEndpoint;
    boolean refusesEverything;
    int largest = Integer.MAX_VALUE;
    int requests;
    int renewed;
    Runnable beforeRequest = () -> {};
    private long nanos;
    private long sent;

    /** A delivery over this stream. */
    Delivery delivery(RetrySettings retry) {
        Rejections rejections = new Rejections(
                record -> {
                    if (rejectedEndpoint != null) {
                        throw rejectedEndpoint;
                    }
                    rejected.add(record);
                },
                this,
                Clock.systemUTC());
        Requests layer = new Requests(
                "Custom-Table",
                this,
                this,
                this,
                new Backoff(retry, new Random(1)),
                retry.deliveryTimeout(),
                () -> nanos,
                pause -> {
                    pauses.add(pause);
                    nanos += pause.toNanos();
                });
        return new Delivery(layer, rejections);
    }

    static RetrySettings retry(long deliveryTimeoutMs) {
        return new RetrySettings(Duration.ofSeconds(1), Duration.ofSeconds(60), Duration.ofMillis(deliveryTimeoutMs));
    }

    /** Records of events that the producer has taken, called {@code 0}, {@code 1} and so on. */
    static List<PendingRecord> records(int number, Object window) {
        return IntStream.range(0, number)
                .mapToObj(i -> {
                    TapEvent event = Events.event(EventType.MESSAGES_BLOCKED, String.valueOf(i));
                    Handling.advance(event, Outcome.NONE, Outcome.SENDING);
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
        if (refusesEverything || ids.stream().anyMatch(bad::contains)) {
            throw refused(400, "InvalidRecord");
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
        assertThat(batch).as("not before the end").allMatch(event -> event.getOutcome() == Outcome.SENDING);
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
        assertThat(rejected).as("stored before").extracting(RejectedRecord::key).contains(event.getKey());
        log.add("rejected " + event.getId());
    }

    @Override
    public void requested(Duration took) {
        // measured elsewhere
    }

    @Override
    public void acknowledged(List<TapEvent> events, int bytes) {
        log.add("acknowledged " + events.size());
    }

    @Override
    public void accepted() {
        // every batch ends with it
    }

    @Override
    public void failing(UploadException failure, boolean person) {
        needsPerson.add(person);
    }

    @Override
    public void givenUp(Exception failure) {
        throw new AssertionError("the sender's part");
    }

    /** The ids of what lies at the rejected endpoint. */
    List<Object> rejectedIds() {
        return rejected.stream()
                .map(RejectedRecord::fields)
                .<Object>map(fields -> Map.copyOf(fields).get("id"))
                .toList();
    }
}
