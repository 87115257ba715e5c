package io.tapsentinel.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LookTimesTest {

    @Test
    void matchesATableOfEveryMillisecond() {
        SplittableRandom random = new SplittableRandom(3);
        for (int round = 0; round < 200; round++) {
            LookTimes looks = new LookTimes();
            long[] table = new long[120];
            Arrays.fill(table, LookTimes.NEVER);
            int forgotten = 0;
            for (long at = 0; at < 30; at++) {
                int from = random.nextInt(100);
                int to = from + random.nextInt(20);
                // reads can be out of order: two requests in parallel
                long when = Math.max(0, at - random.nextInt(3));
                looks.look(from, to, when);
                for (int millis = from; millis < to; millis++) {
                    table[millis] = Math.max(table[millis], when);
                }
                if (random.nextInt(10) == 0) {
                    forgotten = Math.max(forgotten, random.nextInt(60));
                    looks.forgetBefore(forgotten);
                }
                for (int millis = forgotten; millis < table.length; millis++) {
                    assertThat(looks.lastLook(millis)).isEqualTo(table[millis]);
                }
            }
        }
    }

    @Test
    void neighbouringStepsAreMerged() {
        LookTimes looks = new LookTimes();
        for (long at = 0; at < 10_000; at++) {
            looks.look(Math.max(0, at - 60), at + 1, at);
            looks.forgetBefore(at - 500);
        }
        assertThat(looks.size()).isLessThan(600);
        for (long at = 0; at < 1_000; at++) {
            looks.look(0, 20_000, 20_000);
        }
        assertThat(looks.size()).isLessThan(5);
    }
}
