package io.tapsentinel.yamlroutes;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.Outcome;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.read.FilteredRoute;
import io.tapsentinel.read.ReadRoutes;
import io.tapsentinel.read.SeenRepository;
import io.tapsentinel.sentinel.SentinelComponent;
import io.tapsentinel.sentinel.SentinelEndpoint;
import io.tapsentinel.sentinel.schema.FieldReport;
import io.tapsentinel.store.Sql;
import io.tapsentinel.store.Store;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.testing.Events;
import io.tapsentinel.testing.HeldUploader;
import io.tapsentinel.testing.MovableClock;
import io.tapsentinel.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncProducer;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** The shipped YAML routes with a real store and an uploader that tests can hold. */
final class RoutesFixture implements AutoCloseable {

    static final String ROUTER = "tap-event-router.camel.yaml";
    static final String OPERATOR = "operator.camel.yaml";
    static final String TABLES = "sentinel-tables.camel.yaml";
    private static final Path FOLDER = Path.of("routes");
    private static final String DISABLED = "            disabled: true\n";

    /** The value in the shipped routes. */
    private static final long SHIPPED_LINGER_MS = 500;

    private static final long LINGER_MS = 5;

    final CamelContext context = new DefaultCamelContext();
    final HeldUploader uploader = new HeldUploader();
    final SentinelComponent sentinel = new SentinelComponent();
    final SeenKeys seen;
    final MovableClock clock = new MovableClock(Instant.parse("2026-11-20T12:00:00Z"));
    private final Store store;
    private final Map<String, String> texts = new LinkedHashMap<>();

    RoutesFixture(Path folder) throws IOException {
        store = TestDatabase.open(folder.resolve("state/tap.db"));
        seen = new SeenKeys(store, 1_000, clock);
        sentinel.setUploader(uploader);
        sentinel.setDeliveryLog(seen);
        sentinel.setMappingReport(new FieldReport(clock, false, new SimpleMeterRegistry()));
        context.addComponent("sentinel", sentinel);
        for (EventType type : EventType.values()) {
            context.getRegistry().bind(type.repository(), new SeenRepository(type, seen));
        }
        context.getRegistry().bind(LookupFiles.BEAN, new LookupFiles(folder, clock));
        context.getShutdownStrategy().setTimeout(5);
        context.getCamelContextExtension().registerEndpointCallback((uri, endpoint) -> {
            // most tests wait for their batch; a linger that a test sets stays
            if (endpoint instanceof SentinelEndpoint table
                    && table.getConfiguration().getLingerMs() == SHIPPED_LINGER_MS) {
                table.getConfiguration().setLingerMs(LINGER_MS);
            }
            return endpoint;
        });
        texts.put(ROUTER, text(ROUTER));
        texts.put(TABLES, text(TABLES));
        texts.put(OPERATOR, text(OPERATOR));
    }

    static String text(String file) throws IOException {
        return Files.readString(FOLDER.resolve(file));
    }

    /** The text of one route. */
    String route(String id) {
        return route(texts.get(file(id)), id);
    }

    static String route(String text, String id) {
        int start = text.indexOf("- route:\n    id: " + id + "\n");
        int end = text.indexOf("- route:", start + 1);
        assertThat(start).as("route " + id).isNotNegative();
        return end < 0 ? text.substring(start) : text.substring(start, end);
    }

    private static String file(String id) {
        return id.startsWith("before-") ? OPERATOR : TABLES;
    }

    /** Replaces a text; fails when it does not occur. */
    RoutesFixture edit(String file, String from, String to) {
        assertThat(texts.get(file)).contains(from);
        return replace(file, from, to);
    }

    /** Replaces a text where it occurs. */
    RoutesFixture replace(String file, String from, String to) {
        texts.put(file, texts.get(file).replace(from, to));
        return this;
    }

    /** Replaces a text inside one route; fails when it does not occur. */
    RoutesFixture editRoute(String id, String from, String to) {
        String route = route(id);
        assertThat(route).contains(from);
        return edit(file(id), route, route.replace(from, to));
    }

    /** Enables the example of a route. */
    RoutesFixture withExample(String id) {
        String route = route(id);
        return edit(OPERATOR, route, example(route));
    }

    /** A route's text with its example enabled. */
    static String example(String route) {
        assertThat(route).as("has one example").containsOnlyOnce(DISABLED);
        return route.replace(DISABLED, "");
    }

    /** The whole set of files. */
    RouteFiles files() {
        SortedMap<String, String> all = new TreeMap<>(RouteFiles.packaged().texts());
        all.putAll(texts);
        return new RouteFiles(all);
    }

    /** Replaces the steps of a route. */
    RoutesFixture withSteps(String id, String steps) {
        String route = route(id);
        String head = "      steps:\n";
        assertThat(route).contains(head);
        return edit(file(id), route, route.substring(0, route.indexOf(head) + head.length()) + steps.indent(8) + "\n");
    }

    /** Inserts a first step into the operator's route of a table route. */
    RoutesFixture withFirstStep(String id, String step) {
        return editRoute("before-" + id, "\n      steps:\n", "\n      steps:\n" + step.indent(8));
    }

    RoutesFixture start() throws Exception {
        for (Map.Entry<String, String> file : texts.entrySet()) {
            PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString(file.getKey(), file.getValue()));
        }
        context.addRoutes(new FilteredRoute(seen));
        context.start();
        return this;
    }

    /** Sends a new event as the program would, without waiting for its end. */
    Sent send(EventType type, String id) throws Exception {
        return send(Events.event(type, id));
    }

    Sent send(TapEvent event) throws Exception {
        Endpoint endpoint = context.getEndpoint("direct:tap-event");
        Exchange exchange = endpoint.createExchange();
        exchange.getMessage().setBody(event);
        ReadRoutes.begin(exchange);
        CompletableFuture<Exchange> end = new CompletableFuture<>();
        AsyncProducer producer = endpoint.createAsyncProducer();
        producer.start();
        producer.process(exchange, doneSync -> end.complete(exchange));
        return new Sent(event, end);
    }

    static String stream(EventType type) {
        return "Custom-" + type.table();
    }

    /** Number of durable keys of one type in the store. */
    long durable(EventType type) {
        return store.<Long>transaction(
                connection -> Sql.number(connection, "SELECT count(*) FROM seen WHERE stream = ?", type.arrayName()));
    }

    long durable() {
        return store.<Long>transaction(connection -> Sql.number(connection, "SELECT count(*) FROM seen"));
    }

    @Override
    public void close() {
        uploader.release();
        context.stop();
        store.close();
    }

    /** An event in flight. */
    record Sent(TapEvent event, CompletableFuture<Exchange> end) {

        boolean isDone() {
            return end.isDone();
        }

        /** Its outcome; waits for its end. */
        Outcome outcome() {
            failure();
            return event.getOutcome();
        }

        Exception failure() {
            return end.orTimeout(20, TimeUnit.SECONDS).join().getException();
        }
    }
}
