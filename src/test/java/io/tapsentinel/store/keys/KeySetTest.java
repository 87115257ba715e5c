package io.tapsentinel.store.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.EventKey;
import io.tapsentinel.store.KeySet;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KeySetTest {

    @Test
    void behavesLikeAHashSet() {
        SplittableRandom random = new SplittableRandom(7);
        KeySet keys = new KeySet();
        Set<EventKey> expected = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            // few distinct upper halves make long chains and wrap around the end
            EventKey key = new EventKey((random.nextBoolean() ? -1L : 0L) << random.nextInt(64), random.nextInt(4_000));
            assertThat(keys.contains(key)).isEqualTo(expected.contains(key));
            assertThat(keys.add(key)).isEqualTo(expected.add(key));
        }
        assertThat(keys.size()).isEqualTo(expected.size());
        assertThat(expected).allMatch(keys::contains);
    }

    @Test
    void keyTakesAtMostTwentyFourBytes() {
        SplittableRandom random = new SplittableRandom(7);
        KeySet keys = new KeySet();
        for (int i = 1; i <= 300_000; i++) {
            keys.add(new EventKey(random.nextLong(), random.nextLong()));
            if (i > 100_000 && i % 1_000 == 0) {
                assertThat(keys.bytes()).isLessThanOrEqualTo(24L * i);
            }
        }
    }

    @Test
    void recentKeysDropTheOldestHalfAndReportIt() {
        RecentKeys recent = new RecentKeys(10);
        for (int i = 1; i <= 10; i++) {
            recent.add(new EventKey(i, i));
        }
        assertThat(recent.isComplete()).isTrue();

        recent.add(new EventKey(11, 11));

        assertThat(recent.isComplete()).isFalse();
        assertThat(recent.contains(new EventKey(1, 1))).isFalse();
        assertThat(recent.contains(new EventKey(6, 6))).isTrue();
        assertThat(recent.contains(new EventKey(11, 11))).isTrue();
    }
}
