package io.tapsentinel.route;

import io.tapsentinel.tap.Handling;
import io.tapsentinel.tap.Outcome;
import io.tapsentinel.tap.TapEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the outcome check and the operator's routes cost for each event: spine, shipped routes, keys and store as in the program, an
 * uploader that accepts at once, 100,000 events. Variants take turns in one process; figures are medians, with the least and the
 * greatest. Not a test: run it by its main, with the number of rounds as argument (10).
 */
public final class RouteCost {

    private static final int EVENTS = 100_000;
    private static final int WARM_UP = 2;
    /** What is too small to be seen once is seen often. */
    static final int MORE_CHECKS = 100;

    static final int MORE_BEFORE = 10;

    private RouteCost() {}

    /** What differs from the program as it is. */
    enum Variant {
        SHIPPED,
        /** Nobody asks how an event ended, nor counts it or writes that it was sighted. */
        UNSETTLED,
        /** All that is done to an event for its outcome is done {@link RouteCost#MORE_CHECKS} times more. */
        CHECKED_MORE,
        /** The step to the operator's route is gone. */
        NO_BEFORE,
        /** It is there {@link RouteCost#MORE_BEFORE} times more. */
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
        try (CostedPipeline pipeline = new CostedPipeline(variant)) {
            double[] first = timed(pipeline, EVENTS);
            double[] again = timed(pipeline, 0);
            return new Cost(first[0], first[1], again[0], again[1]);
        }
    }

    private static double[] timed(CostedPipeline pipeline, long expectedNew) {
        List<TapEvent> events = pipeline.events(EVENTS);
        System.gc();
        long cpu = CostedPipeline.cpu();
        long wall = System.nanoTime();
        long delivered = pipeline.read(events);
        double[] cost = {(System.nanoTime() - wall) / 1e3 / EVENTS, (CostedPipeline.cpu() - cpu) / 1e3 / EVENTS};
        if (delivered != expectedNew) {
            throw new IllegalStateException(delivered + " delivered instead of " + expectedNew);
        }
        return cost;
    }

    /** All that is done to an event for its outcome: three steps forward and the question at the end. */
    static boolean check(TapEvent event) {
        Handling.advance(event, Outcome.NONE, Outcome.RESERVED);
        Handling.advance(event, Outcome.RESERVED, Outcome.SENDING);
        Handling.advance(event, Outcome.SENDING, Outcome.DELIVERED);
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
}
