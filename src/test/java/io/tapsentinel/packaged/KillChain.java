package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.packaged.KillMoment.Phase;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedServer;
import io.tapsentinel.testing.ScriptedServices;
import io.tapsentinel.testing.StoreCopy;
import io.tapsentinel.testing.StoredRecords.Delivery;
import io.tapsentinel.testing.StoredRecords.Row;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.MatchResult;
import java.util.stream.Collectors;

/** Programs on one store that are killed one after the other until the last one finishes; 2,500 events. */
final class KillChain {

    private static final int BATCH = 100;
    private static final int EVENTS = 2_500;
    private static final Duration HISTORY = Duration.ofMinutes(50);
    private static final Duration SOON = Duration.ofSeconds(150);
    private static final int MOST_UPLOADS = 4;

    private final Path folder;
    private final long seed;
    private final SplittableRandom random;
    private final Map<Phase, Integer> kills = new EnumMap<>(Phase.class);
    private int events;
    private int duplicates;
    private int counted;

    KillChain(Path folder, long seed) {
        this.folder = folder;
        this.seed = seed;
        this.random = new SplittableRandom(seed);
    }

    /** Kills once at each moment, then lets a program finish and checks every guarantee. */
    KillChain run(List<Phase> aims) throws Exception {
        try (ScriptedServices services = new ScriptedServices(EVENTS * 1.1 * 60 / HISTORY.toMinutes(), HISTORY)) {
            PackagedProgram.Launch launch =
                    services.launch(folder).tableOptions("batchRecords: " + BATCH, "lingerMs: 100");
            for (Phase aim : aims) {
                services.deliveries().nextLife();
                int upload = aim == Phase.COMMITTING && random.nextBoolean()
                        ? KillMoment.LAST
                        : 1 + random.nextInt(MOST_UPLOADS);
                kill(new KillMoment(aim, upload, services, launch.work(), random.split()), launch);
            }
            services.deliveries().nextLife();
            services.tap().script(call -> ScriptedServer.Step.PASS);
            services.sink().script(call -> services::store);
            finish(services, launch);
        }
        return this;
    }

    private void kill(KillMoment moment, PackagedProgram.Launch launch) throws Exception {
        try (PackagedProgram program = launch.start()) {
            moment.of(program);
            awaitKill(moment, program);
            counted += saidToBePossible(program);
        }
        try (StoreCopy store = StoreCopy.of(launch.work())) {
            moment.judge(store).ifPresent(phase -> kills.merge(phase, 1, Integer::sum));
            Map<String, Long> onTheirWay =
                    store.onTheirWay().stream().collect(Collectors.groupingBy(Row::stream, Collectors.counting()));
            assertThat(onTheirWay.values()).as("records on their way, by table").allMatch(records -> records <= BATCH);
        }
    }

    private static void awaitKill(KillMoment moment, PackagedProgram program) throws Exception {
        try {
            moment.killed().get(SOON.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError(moment + " did not come; it printed:\n" + program.output(), e);
        }
    }

    private void finish(ScriptedServices services, PackagedProgram.Launch launch) throws Exception {
        try (PackagedProgram program = launch.start()) {
            program.awaitCommitted();
            counted += saidToBePossible(program);
            LiveServices.awaitNoBacklog(program, launch.work());
            events = services.live().assertThatNothingCommittedIsLost(program);
            program.kill();
        }
        Map<Row, List<Delivery>> twice = services.deliveries().duplicates();
        duplicates = twice.values().stream()
                .mapToInt(landings -> landings.size() - 1)
                .sum();
        try (StoreCopy store = StoreCopy.of(launch.work())) {
            Set<Row> possible = store.possibleDuplicates();
            Set<Row> unlisted = new HashSet<>(twice.keySet());
            unlisted.removeAll(possible);
            assertThat(unlisted).as("there twice and not listed; seed %d", seed).isEmpty();
            assertThat(duplicates).as("there twice; seed %d", seed).isLessThanOrEqualTo(counted);
            assertThat((long) possible.size())
                    .as("rows of the list are what was said, or the same ones again")
                    .isLessThanOrEqualTo(counted);
        }
        Map<String, Set<Integer>> requests = new TreeMap<>(requestsToBlame(twice));
        assertThat(requests)
                .as("uploads whose records came again, by life and table")
                .allSatisfy((where, of) -> assertThat(of).hasSize(1));
        assertThat(events).as("events").isGreaterThanOrEqualTo(EVENTS);
    }

    /** At most one batch per table and kill may be sent twice. */
    private static Map<String, Set<Integer>> requestsToBlame(Map<Row, List<Delivery>> twice) {
        Map<String, Set<Integer>> requests = new HashMap<>();
        twice.forEach((row, landings) -> landings.subList(0, landings.size() - 1)
                .forEach(landing -> requests.computeIfAbsent(
                                landing.life() + " " + row.stream(), unused -> new HashSet<>())
                        .add(landing.request())));
        return requests;
    }

    private static int saidToBePossible(PackagedProgram program) {
        assertThat(program.found("WARN.*state\\.url.*"))
                .as("a kill costs the store no commit")
                .isEmpty();
        List<MatchResult> said = program.found("WARN.*possible duplicates: ([\\d,]+) records? ");
        assertThat(said.size()).as("said once, at start").isLessThanOrEqualTo(1);
        return said.isEmpty() ? 0 : Integer.parseInt(said.get(0).group(1).replace(",", ""));
    }

    /** How often it was killed at which moment. */
    Map<Phase, Integer> kills() {
        return kills;
    }

    int events() {
        return events;
    }

    /** Surplus rows in the tables. */
    int duplicates() {
        return duplicates;
    }

    /** Records listed as possible duplicates. */
    int counted() {
        return counted;
    }
}
