package io.tapsentinel.read;

import com.sun.management.OperatingSystemMXBean;
import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.EventLife;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.Outcome;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.sentinel.SentinelComponent;
import io.tapsentinel.sentinel.schema.MappingReport;
import io.tapsentinel.store.Store;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.store.ledger.InTransaction;
import io.tapsentinel.store.ledger.LedgerCount;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.tap.answer.TapEventReader;
import io.tapsentinel.tap.plan.Coverage;
import io.tapsentinel.testing.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.support.SimpleTypeConverter;

/**
 * What the outcome check and the operator's routes cost for each event: spine, shipped routes, keys and store as in the program, an
 * uploader that accepts at once, 100,000 events. Variants take turns in one process; figures are medians, with the least and the
 * greatest. Not a test: run it by its main, with the number of rounds as argument (10).
 */
public final class RouteCost {

    private static final int EVENTS = 100_000;
    private static final int WARM_UP = 2;
    /** What is too small to be seen once is seen often. */
    private static final int MORE_CHECKS = 100;

    private static final int MORE_BEFORE = 10;

    private static final List<TapEvent> SAMPLES = samples();
    private static final MappingReport NO_REPORT = new MappingReport() {
        @Override
        public void unknownField(String table, String field) {}

        @Override
        public void lossyValue(String table, String column) {}
    };
    private static final String BEFORE = "(?m)^ *- to:\n *uri: direct:before-.*\n";

    private RouteCost() {}

    /** What differs from the program as it is. */
    private enum Variant {
        SHIPPED,
        /** Nobody asks how an event ended, nor counts it or writes that it was sighted. */
        UNSETTLED,
        /** All that is done to an event for its outcome is done {@link #MORE_CHECKS} times more. */
        CHECKED_MORE,
        /** The step to the operator's route is gone. */
        NO_BEFORE,
        /** It is there {@link #MORE_BEFORE} times more. */
        MORE_BEFORE
    }

    private record Cost(double newWall, double newCpu, double againWall, double againCpu) {}

    /** Prints a table. */
    public static void main(String[] args) throws Exception {
        int rounds = args.length == 0 ? 10 : Integer.parseInt(args[0]);
        Map<Variant, List<Cost>> costs = new EnumMap<>(Variant.class);
        List<Double> alone = new ArrayList<>();
        for (int round = 0; round < WARM_UP + rounds; round++) {
            for (int i = 0; i < Variant.values().length; i++) {
                // in another order each time, so that none always has the others' garbage
                Variant variant = Variant.values()[(i + round) % Variant.values().length];
                Cost cost = run(variant);
                if (round >= WARM_UP) {
                    costs.computeIfAbsent(variant, none -> new ArrayList<>()).add(cost);
                }
            }
            double check = checkAlone();
            if (round >= WARM_UP) {
                alone.add(check);
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%,d events, %d rounds; microseconds an event, median (least to greatest)%n",
                EVENTS,
                rounds);
        costs.forEach((variant, of) -> System.out.printf(
                "%-12s new: %s, CPU %s; read again: %s, CPU %s%n",
                variant,
                spread(of.stream().map(Cost::newWall).toList()),
                spread(of.stream().map(Cost::newCpu).toList()),
                spread(of.stream().map(Cost::againWall).toList()),
                spread(of.stream().map(Cost::againCpu).toList())));
        for (Variant variant :
                List.of(Variant.UNSETTLED, Variant.CHECKED_MORE, Variant.NO_BEFORE, Variant.MORE_BEFORE)) {
            System.out.printf(
                    "%-12s less SHIPPED, CPU, pair by pair: new %s, read again %s%n",
                    variant, spread(pairs(costs, variant, true)), spread(pairs(costs, variant, false)));
        }
        System.out.printf("the check alone: %s%n", spread(alone));
    }

    private static List<Double> pairs(Map<Variant, List<Cost>> costs, Variant variant, boolean fresh) {
        List<Double> differences = new ArrayList<>();
        for (int i = 0; i < costs.get(variant).size(); i++) {
            Cost shipped = costs.get(Variant.SHIPPED).get(i);
            Cost other = costs.get(variant).get(i);
            differences.add(fresh ? other.newCpu - shipped.newCpu : other.againCpu - shipped.againCpu);
        }
        return differences;
    }

    private static String spread(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        double median = (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
        return String.format(Locale.ROOT, "%.3f (%.3f to %.3f)", median, sorted[0], sorted[sorted.length - 1]);
    }

    private static Cost run(Variant variant) throws Exception {
        try (Pipeline pipeline = new Pipeline(variant)) {
            double[] first = timed(pipeline, EVENTS);
            double[] again = timed(pipeline, 0);
            return new Cost(first[0], first[1], again[0], again[1]);
        }
    }

    private static double[] timed(Pipeline pipeline, long expectedNew) {
        List<TapEvent> events = pipeline.events(EVENTS);
        System.gc();
        long cpu = cpu();
        long wall = System.nanoTime();
        long delivered = pipeline.read(events);
        double[] cost = {(System.nanoTime() - wall) / 1e3 / EVENTS, (cpu() - cpu) / 1e3 / EVENTS};
        if (delivered != expectedNew) {
            throw new IllegalStateException(delivered + " delivered instead of " + expectedNew);
        }
        return cost;
    }

    /** All that is done to an event for its outcome: three steps forward and the question at the end. */
    private static boolean check(TapEvent event) {
        EventLife.advance(event, Outcome.NONE, Outcome.RESERVED);
        EventLife.advance(event, Outcome.RESERVED, Outcome.SENDING);
        EventLife.advance(event, Outcome.SENDING, Outcome.DELIVERED);
        return event.getOutcome().isSettled();
    }

    private static double checkAlone() {
        TapEvent[] events = new TapEvent[EVENTS];
        Arrays.setAll(events, i -> WindowReadFixture.event("1"));
        int settled = 0;
        long began = System.nanoTime();
        for (TapEvent event : events) {
            settled += check(event) ? 1 : 0;
        }
        double micros = (System.nanoTime() - began) / 1e3 / EVENTS;
        if (settled != EVENTS) {
            throw new IllegalStateException("not settled");
        }
        return micros;
    }

    /** Processor time of this process so far, in nanoseconds: other processes count for less in it than in the time that passes. */
    private static long cpu() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private static List<TapEvent> samples() {
        try (InputStream answer = RouteCost.class.getResourceAsStream("/samples/all-live.json")) {
            List<TapEvent> events = new ArrayList<>();
            new TapEventReader(() -> answer, Instant.parse("2026-11-20T11:00:00Z"), TapEventReader.Others.NONE)
                    .forEachRemaining(events::add);
            return events;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The way of an event from the split to a commit, without TAP and with a sink that takes everything at once. */
    private static final class Pipeline implements AutoCloseable {

        private final Variant variant;
        private final Path folder = Files.createTempDirectory("route-cost");
        private final Store store = TestDatabase.open(folder.resolve("tap.db"));
        private final SeenKeys seen = new SeenKeys(store, 1_000_000, Clock.systemUTC());
        private final DefaultCamelContext context = new DefaultCamelContext();
        private LedgerEntry committed;

        Pipeline(Variant variant) throws Exception {
            this.variant = variant;
            SentinelComponent sentinel = new SentinelComponent();
            sentinel.setUploader((stream, body) -> {});
            sentinel.setDeliveryLog(seen);
            sentinel.setMappingReport(NO_REPORT);
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
                if (variant == Variant.NO_BEFORE) {
                    text = text.replaceAll(BEFORE, "");
                } else if (variant == Variant.MORE_BEFORE) {
                    text = text.replaceAll(BEFORE, "$0".repeat(1 + MORE_BEFORE));
                }
                PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString(name, text));
            }
            context.addRoutes(new FilteredRoute(seen));
            context.addRoutes(new ReadRoutes(
                    new TapRun(null, null, null, null, null, null, null, null, null, null, null, null, null),
                    new SweepRun(null, null, null, null, null, null, null, null, null, null),
                    null,
                    List.of(),
                    null,
                    AnswerArchive.NONE,
                    null,
                    null));
            context.start();
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
            WindowRead read =
                    windowRead(new DueRead.Backlog(WindowReadFixture.WINDOW, Coverage.NONE, new ReadState(null, null) {
                        @Override
                        public void commit(LedgerEntry entry, InTransaction also) {
                            committed = entry;
                        }
                    }));
            long before = seenKeys();
            Exchange exchange = context.getEndpoint(ReadRoutes.EVENTS).createExchange();
            ReadRoutes.attach(exchange, read);
            exchange.getMessage().setBody(read.events(events.iterator()));
            exchange = context.createFluentProducerTemplate()
                    .withExchange(exchange)
                    .to(ReadRoutes.EVENTS)
                    .send();
            if (exchange.getException() != null || committed.total(LedgerCount.FETCHED) != events.size()) {
                throw new IllegalStateException("not committed", exchange.getException());
            }
            return seenKeys() - before;
        }

        private WindowRead windowRead(DueRead due) {
            return new WindowRead(due, WindowReadFixture.NOW, seen, () -> false) {
                @Override
                public synchronized void settled(TapEvent event, Exception exception, Supplier<String> cause) {
                    for (int i = 0; variant == Variant.CHECKED_MORE && i < MORE_CHECKS; i++) {
                        check(event);
                    }
                    if (variant != Variant.UNSETTLED) {
                        super.settled(event, exception, cause);
                    }
                }

                @Override
                synchronized void verify() {
                    // would miss what was not settled
                    if (variant != Variant.UNSETTLED) {
                        super.verify();
                    }
                }
            };
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
    }
}
