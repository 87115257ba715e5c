package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The largest hour that is promised, in a 256 MB heap, with a slow sink. */
@Timeout(value = 660, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class LoadIT extends PackagedFixture {

    private static final int EVENTS = 175_000;
    private static final double MEGABYTES = 290;
    private static final int HEAP_MB = 256;
    private static final Pattern BEFORE_COLLECTION = Pattern.compile(" (\\d+)M->\\d+M\\(\\d+M\\)");

    @Test
    void a300MegabyteAnswerLandsOnceInA256MegabyteHeap() throws Exception {
        Path collections = folder.resolve("gc.log");
        // 3 % more than required, since the number is drawn
        LiveServices services = open(new LiveServices(
                SandboxSettings.defaults()
                        .seed(13)
                        .eventsPerHour(EVENTS * 1.03)
                        .shareWithoutId(0.02)
                        .shareDocumented(0.02),
                Duration.ofMinutes(61)));
        services.tables().delay(Duration.ofMillis(50));
        PackagedProgram.Launch launch =
                services.launch(folder).likeUsers().java("-Xmx" + HEAP_MB + "m", "-Xlog:gc:file=" + collections);
        PackagedProgram program = open(launch.start());
        program.awaitLine(LiveServices.COMMITTED, Duration.ofSeconds(600));
        MatchResult took = program.awaitLine("committed in (?:(\\d+) min)? ?(?:([\\d.]+) s)?:", Duration.ofSeconds(1));
        double seconds = 60 * number(took.group(1)) + number(took.group(2));
        double compressed = services.bytesServed() / 1e6;
        program.signal("TERM");
        assertThat(program.awaitExit(Duration.ofSeconds(40))).as("exit code").isZero();

        int events = services.assertThatAllCommittedLandedOnce(program);
        double served = services.bytesOfCommitted(program) / 1e6;
        int heap = heapPeak(collections);
        System.out.printf(
                Locale.ROOT,
                "load: %,d events, %.0f MB of JSON (%.0f MB compressed) in %.1f s = %.1f MB/s; heap"
                        + " before collection at most %d MB of %d%n",
                events,
                served,
                compressed,
                seconds,
                served / seconds,
                heap,
                HEAP_MB);
        assertThat(events).isGreaterThanOrEqualTo(EVENTS);
        assertThat(heap).isBetween(1, HEAP_MB);
        assertThat(program.output()).doesNotContain("OutOfMemoryError", "UTC failed, ");
        assertThat(spooled(launch)).as("left in the spool folder").isEmpty();
        assertThat(served).as("megabytes").isGreaterThan(MEGABYTES);
        assertThat(services.refused()).as("uploads refused").isZero();
    }

    private static double number(String group) {
        return group == null ? 0 : Double.parseDouble(group);
    }

    private static int heapPeak(Path collections) throws IOException {
        return BEFORE_COLLECTION
                .matcher(Files.readString(collections))
                .results()
                .mapToInt(pause -> Integer.parseInt(pause.group(1)))
                .max()
                .orElse(0);
    }

    /** The folder itself may be gone with the program. */
    private static List<Path> spooled(PackagedProgram.Launch launch) throws IOException {
        try (Stream<Path> files = Files.walk(launch.work().resolve("state"))) {
            return files.filter(file -> file.getParent().endsWith("spool")).toList();
        }
    }
}
