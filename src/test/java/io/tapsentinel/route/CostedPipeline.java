package io.tapsentinel.route;

import com.sun.management.OperatingSystemMXBean;
import io.tapsentinel.sentinel.SentinelComponent;
import io.tapsentinel.sentinel.schema.MappingReport;
import io.tapsentinel.state.LedgerCount;
import io.tapsentinel.state.LedgerEntry;
import io.tapsentinel.state.LedgerEntry.Purpose;
import io.tapsentinel.state.SeenKeys;
import io.tapsentinel.state.SeenRepository;
import io.tapsentinel.state.Store;
import io.tapsentinel.tap.Coverage;
import io.tapsentinel.tap.EventKey;
import io.tapsentinel.tap.EventType;
import io.tapsentinel.tap.TapEvent;
import io.tapsentinel.tap.TapEventReader;
import io.tapsentinel.testing.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.support.SimpleTypeConverter;

/** The way of an event from the split to a commit, without TAP and with a sink that takes everything at once. */
final class CostedPipeline implements AutoCloseable {

    private static final List<TapEvent> SAMPLES = samples();

    private static final MappingReport MAPPED = new MappingReport() {
        @Override
        public void unknownField(String table, String field) {
            // nobody listens
        }

        @Override
        public void lossyValue(String table, String column) {
            // nobody listens
        }
    };
    private static final String BEFORE = "(?m)^ *- to:\n *uri: direct:before-.*\n";

    private final RouteCost.Variant variant;
    private final Path folder = Files.createTempDirectory("route-cost");
    private final Store store = TestDatabase.open(folder.resolve("tap.db"));
    private final SeenKeys seen = new SeenKeys(store, 1_000_000, Clock.systemUTC());
    private final DefaultCamelContext context = new DefaultCamelContext();
    private LedgerEntry committed;

    CostedPipeline(RouteCost.Variant variant) throws Exception {
        this.variant = variant;
        SentinelComponent sentinel = new SentinelComponent();
        sentinel.setUploader((stream, body) -> {});
        sentinel.setDeliveryLog(seen);
        sentinel.setMappingReport(MAPPED);
        context.addComponent("sentinel", sentinel);
        // as the program does
        context.getTypeConverterRegistry()
                .addTypeConverter(
                        EventType.class,
                        String.class,
                        new SimpleTypeConverter(
                                true,
                                (to, exchange, word) -> Stream.of(EventType.values())
                                        .filter(type -> type.name().equals(word))
                                        .findFirst()
                                        .orElse(null)));
        for (EventType type : EventType.values()) {
            context.getRegistry().bind(type.repository(), new SeenRepository(type, seen));
        }
        for (String file : List.of("tap-event-router", "sentinel-tables", "operator")) {
            String name = file + ".camel.yaml";
            String text = Files.readString(Path.of("routes", name));
            if (variant == RouteCost.Variant.NO_BEFORE) {
                text = text.replaceAll(BEFORE, "");
            } else if (variant == RouteCost.Variant.MORE_BEFORE) {
                text = text.replaceAll(BEFORE, "$0".repeat(1 + RouteCost.MORE_BEFORE));
            }
            PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString(name, text));
        }
        context.addRoutes(new FilteredRoute(seen));
        context.addRoutes(new TapSpine(
                new TapRun(null, null, null, null, null, null, null, null, null, null),
                new SweepRun(null, null, null, null, null, null, null, null, null),
                null,
                List.of(),
                null,
                AnswerArchive.NONE,
                null));
        context.start();
    }

    /** Processor time of this process so far, in nanoseconds: other processes count for less in it than in the time that passes. */
    static long cpu() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    /** Events with the fields of the sample answer and keys of their own, the same ones every time. */
    List<TapEvent> events(int count) {
        List<TapEvent> events = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            TapEvent sample = SAMPLES.get(i % SAMPLES.size());
            // the high half as scattered as a digest's
            events.add(new TapEvent(
                    sample.getType(),
                    new EventKey(i * 0x9E3779B97F4A7C15L, i),
                    sample.getVerdict(),
                    sample.getTime(),
                    new HashMap<>(sample.getFields())));
        }
        return events;
    }

    /** Sends them as one window's; returns when it was committed, with how many were new. */
    long read(List<TapEvent> events) {
        Ask ask = new Ask(WindowReadFixture.WINDOW, Coverage.NONE, (entry, also) -> committed = entry);
        WindowRead read = switch (variant) {
            case UNSETTLED -> new UnsettledRead(ask);
            case CHECKED_MORE -> new MoreChecks(ask);
            default -> new WindowRead(ask, Purpose.POLL, WindowReadFixture.NOW, seen, () -> false);
        };
        long before = seenKeys();
        Exchange exchange = context.getEndpoint(TapSpine.EVENTS).createExchange();
        TapSpine.attach(exchange, read);
        exchange.getMessage().setBody(read.events(events.iterator()));
        exchange = context.createFluentProducerTemplate()
                .withExchange(exchange)
                .to(TapSpine.EVENTS)
                .send();
        if (exchange.getException() != null || committed.total(LedgerCount.FETCHED) != events.size()) {
            throw new IllegalStateException("not committed", exchange.getException());
        }
        return seenKeys() - before;
    }

    private long seenKeys() {
        return store.<Long>transaction(connection -> {
            try (var rows = connection.createStatement().executeQuery("SELECT count(*) FROM seen")) {
                return rows.getLong(1);
            }
        });
    }

    @Override
    public void close() throws Exception {
        context.stop();
        store.close();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    private final class MoreChecks extends WindowRead {

        MoreChecks(Ask ask) {
            super(ask, Purpose.POLL, WindowReadFixture.NOW, seen, () -> false);
        }

        @Override
        synchronized void settled(TapEvent event, Exception exception, Supplier<String> cause) {
            for (int i = 0; i < RouteCost.MORE_CHECKS; i++) {
                RouteCost.check(event);
            }
            super.settled(event, exception, cause);
        }
    }

    private final class UnsettledRead extends WindowRead {

        UnsettledRead(Ask ask) {
            super(ask, Purpose.POLL, WindowReadFixture.NOW, seen, () -> false);
        }

        @Override
        synchronized void settled(TapEvent event, Exception exception, Supplier<String> cause) {
            // the mistake that is measured
        }

        @Override
        synchronized void verify() {
            // would miss what was not settled
        }
    }

    private static List<TapEvent> samples() {
        try (InputStream answer = CostedPipeline.class.getResourceAsStream("/samples/all-live.json")) {
            List<TapEvent> events = new ArrayList<>();
            new TapEventReader(answer, Instant.parse("2026-11-20T11:00:00Z"), (array, fields) -> {})
                    .forEachRemaining(events::add);
            return events;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
