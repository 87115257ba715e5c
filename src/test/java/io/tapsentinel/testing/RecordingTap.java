package io.tapsentinel.testing;

import com.sun.net.httpserver.HttpExchange;
import io.tapsentinel.event.EventType;
import io.tapsentinel.sandbox.LoopbackServer;
import io.tapsentinel.sandbox.TapRequestCheck;
import io.tapsentinel.sandbox.TapRequestCheck.Asked;
import io.tapsentinel.tap.plan.TimeRange;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** A TAP as strict as the sandbox's, with {@link DrawnEvents}. It records requests and answers. */
public final class RecordingTap implements AutoCloseable {

    private static final String FALSE_POSITIVE = "falsePositive";

    private final DrawnEvents events;
    private final MovableClock clock;
    private final TapRequestCheck check = new TapRequestCheck("principal", "hush-hush");
    private final Random order = new Random(1);
    private final List<Request> requests = new ArrayList<>();
    private final Map<DrawnEvent, Request> firstServed = new HashMap<>();
    private final LoopbackServer server;
    private final FaultProxy proxy;
    private volatile Duration taken = Duration.ZERO;
    private volatile Runnable whileTaken = () -> {};
    private volatile Predicate<TimeRange> out = window -> false;
    private volatile Predicate<DrawnEvent> falsePositive = event -> false;

    /**
     * One request.
     *
     * @param window null if refused
     * @param types  of the endpoint; empty if refused
     * @param served number of rows in the answer
     */
    public record Request(
            Instant at, TimeRange window, List<EventType> types, int status, Map<EventType, Long> served) {

        /** Whether it is for a clock hour, like a sweep; polls end a minute before a multiple of five. */
        public boolean isClockHour() {
            return window != null
                    && window.from().getEpochSecond() % 3_600 == 0
                    && window.length().equals(Duration.ofHours(1));
        }
    }

    public RecordingTap(DrawnEvents events, MovableClock clock) throws IOException {
        this.events = events;
        this.clock = clock;
        this.server = LoopbackServer.start(this::handle, 0);
        this.proxy = new FaultProxy(server.uri()).date(clock::now);
    }

    public URI uri() {
        return proxy.uri();
    }

    /** The proxy in front of it. */
    public FaultProxy proxy() {
        return proxy;
    }

    /** Makes further answers take this simulated time; {@code meanwhile} runs after it. */
    public void slow(Duration time, Runnable meanwhile) {
        taken = time;
        whileTaken = meanwhile;
    }

    /** Answers these windows with 503 from now on. */
    public void out(Predicate<TimeRange> windows) {
        out = windows;
    }

    /** Makes these events false positives, which TAP returns only on request. */
    public void turnFalsePositive(Predicate<DrawnEvent> those) {
        falsePositive = those;
    }

    public synchronized List<Request> requests() {
        return List.copyOf(requests);
    }

    /** The first answer with this event. */
    public synchronized Optional<Request> firstServed(DrawnEvent event) {
        return Optional.ofNullable(firstServed.get(event));
    }

    /** Maximum number of requests within 24 hours. */
    public synchronized int mostInADay() {
        int most = 0;
        int first = 0;
        for (int last = 0; last < requests.size(); last++) {
            while (!requests.get(first).at().isAfter(requests.get(last).at().minus(Duration.ofHours(24)))) {
                first++;
            }
            most = Math.max(most, last - first + 1);
        }
        return most;
    }

    private void handle(HttpExchange exchange) throws IOException {
        Instant at = clock.now();
        Optional<Asked> asked = check.admit(exchange, at);
        if (asked.isEmpty()) {
            remember(new Request(at, null, List.of(), exchange.getResponseCode(), Map.of()), List.of());
        } else {
            clock.advance(taken);
            whileTaken.run();
            if (out.test(asked.get().window())) {
                remember(new Request(at, asked.get().window(), asked.get().types(), 503, Map.of()), List.of());
                exchange.sendResponseHeaders(503, -1);
            } else {
                answer(exchange, at, asked.get());
            }
        }
        exchange.close();
    }

    private void answer(HttpExchange exchange, Instant at, Asked asked) throws IOException {
        TimeRange window = asked.window();
        // the rows are selected before the answer takes its time
        List<DrawnEvent> rows = new ArrayList<>(events.in(window));
        rows.removeIf(event -> event.visibleAt().isAfter(at) || !asked.types().contains(event.type()));
        rows.removeIf(event -> falsePositive.test(event) && !asked.statuses().contains(FALSE_POSITIVE));
        Collections.shuffle(rows, order);
        Map<EventType, Long> served = new EnumMap<>(EventType.class);
        rows.forEach(event -> served.merge(event.type(), 1L, Long::sum));
        remember(new Request(at, window, asked.types(), rows.isEmpty() ? 204 : 200, served), rows);
        if (rows.isEmpty()) {
            exchange.sendResponseHeaders(204, -1);
            return;
        }
        String arrays = served.keySet().stream()
                .map(type -> ",\"" + type.arrayName() + "\":["
                        + rows.stream()
                                .filter(event -> event.type() == type)
                                .map(event -> event.json(falsePositive.test(event) ? FALSE_POSITIVE : "active"))
                                .collect(Collectors.joining(","))
                        + "]")
                .collect(Collectors.joining());
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        try (OutputStream body = TapRequestCheck.rows(exchange)) {
            body.write(("{\"queryEndTime\":\"" + window.to() + "\"" + arrays + "}").getBytes(StandardCharsets.UTF_8));
        }
    }

    private synchronized void remember(Request request, List<DrawnEvent> rows) {
        requests.add(request);
        rows.forEach(event -> firstServed.putIfAbsent(event, request));
    }

    @Override
    public void close() throws IOException {
        proxy.close();
        server.close();
    }
}
