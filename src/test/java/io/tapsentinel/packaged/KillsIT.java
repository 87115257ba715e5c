package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.packaged.KillMoment.Phase;
import io.tapsentinel.testing.TestDatabase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * {@code kill -9} at about 25 moments between the first read and the last acknowledgement; ten on PostgreSQL, where each next
 * program waits until Quartz notices the death of the previous one.
 */
@Timeout(value = 900, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class KillsIT extends PackagedFixture {

    private static final int AT_ONCE = 2;
    /** Chains of five kills; more are added when a moment was missed too often. */
    private static final int MOST_CHAINS = 20;

    private static final long SEED = Long.getLong("tapsentinel.seed", 50);

    private final int chainsAtFirst = TestDatabase.isShared() ? 2 : 5;
    /** Hits needed per moment; not every kill hits its moment. */
    private final int least = 4 * chainsAtFirst;

    private final int ofEach = chainsAtFirst / 2;

    @Test
    void aKillAtAnyMomentLosesNothingAndEveryDuplicateIsListed() throws Exception {
        List<KillChain> chains = new ArrayList<>();
        Map<Phase, Integer> kills = new EnumMap<>(Phase.class);
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try {
            while (!enough(kills) && chains.size() < MOST_CHAINS) {
                List<Future<KillChain>> running = new ArrayList<>();
                for (int i = 0; i < (chains.isEmpty() ? chainsAtFirst : AT_ONCE); i++) {
                    long seed = SEED + chains.size() + i;
                    running.add(
                            threads.submit(() -> new KillChain(folder.resolve("chain-" + seed), seed).run(aims(seed))));
                }
                for (Future<KillChain> chain : running) {
                    chains.add(chain.get());
                }
                kills.clear();
                chains.forEach(
                        chain -> chain.kills().forEach((phase, times) -> kills.merge(phase, times, Integer::sum)));
            }
        } finally {
            threads.shutdownNow();
        }
        System.out.printf(
                "kill -9, seed %d: %s; %d stores, %d events, 0 lost, %d there twice of %d counted as possible%n",
                SEED,
                kills,
                chains.size(),
                chains.stream().mapToInt(KillChain::events).sum(),
                chains.stream().mapToInt(KillChain::duplicates).sum(),
                chains.stream().mapToInt(KillChain::counted).sum());
        assertThat(enough(kills))
                .as("at least %d kills, %d at each moment: %s", least, ofEach, kills)
                .isTrue();
    }

    private boolean enough(Map<Phase, Integer> kills) {
        return kills.values().stream().mapToInt(Integer::intValue).sum() >= least
                && List.of(Phase.values()).stream().allMatch(phase -> kills.getOrDefault(phase, 0) >= ofEach);
    }

    /** Each moment once in random order; the commit comes last, as it may leave nothing to send. */
    private static List<Phase> aims(long seed) {
        List<Phase> aims = new ArrayList<>(List.of(Phase.values()));
        Collections.shuffle(aims.subList(0, Phase.COMMITTING.ordinal()), new Random(seed));
        return aims;
    }
}
