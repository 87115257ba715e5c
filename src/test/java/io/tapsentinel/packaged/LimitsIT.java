package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.testing.Gzip;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedRequest;
import io.tapsentinel.testing.ScriptedServer.Step;
import io.tapsentinel.testing.ScriptedServices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Services that send far too much, to a program with the memory limit of the manifests. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class LimitsIT extends PackagedFixture {

    private static final long MEGABYTE = 1_000_000;
    /** Memory of the whole Java process. */
    private static final long MOST_MEMORY = 512 * MEGABYTE;

    private static final byte[] BLANK = blank(10_000_000);

    /** 1,500 MB. */
    private static final byte[] BOMB = Gzip.of(BLANK, 150);

    private enum Excess {
        TAP_SENDS_1500_MB(true, 200, "", BLANK, 150, "too large: more than 1000 MB \\(tap.max-answer-megabytes\\)"),
        TAP_SENDS_A_GZIP_BOMB(
                true,
                200,
                "Content-Encoding: gzip\r\n",
                BOMB,
                1,
                "too large: more than 1000 MB \\(tap.max-answer-megabytes\\)"),
        TAP_REFUSES_WITH_400_MB(true, 500, "", BLANK, 40, "TAP answered 500"),
        TAP_SENDS_400_MB_OF_HEADERS(true, 200, null, BLANK, 40, "the limit is 200 headers of 16 KiB"),
        SENTINEL_REFUSES_WITH_400_MB(false, 500, "", BLANK, 40, "Sentinel answered 500"),
        SENTINEL_REFUSES_WITH_A_GZIP_BOMB(false, 500, "Content-Encoding: gzip\r\n", BOMB, 1, "Sentinel answered 500"),
        SENTINEL_SENDS_400_MB_OF_HEADERS(false, 204, null, BLANK, 40, "no answer from");

        private final boolean ofTap;
        private final int status;
        private final String header;
        private final byte[] part;
        private final int parts;
        private final String said;

        /** @param header null for parts that are a header line */
        Excess(boolean ofTap, int status, String header, byte[] part, int parts, String said) {
            this.ofTap = ofTap;
            this.status = status;
            this.header = header;
            this.part = part;
            this.parts = parts;
            this.said = said;
        }

        private void send(ScriptedRequest call) throws IOException {
            call.write("HTTP/1.1 " + status + " X\r\n"
                    + (header == null ? "X-Long: " : header + "Transfer-Encoding: chunked\r\n\r\n"));
            for (int i = 0; i < parts; i++) {
                if (header == null) {
                    call.write(part);
                } else {
                    call.write(Integer.toHexString(part.length) + "\r\n");
                    call.write(part);
                    call.write("\r\n");
                }
            }
            call.write(header == null ? "\r\n\r\n" : "0\r\n\r\n");
        }
    }

    @ParameterizedTest
    @EnumSource
    void excessiveAnswersAreCutOffAndEventsFlowAgainSoon(Excess excess) throws Exception {
        ScriptedServices services = open(new ScriptedServices(600, Duration.ofMinutes(30)));
        Step[] twice = {excess::send, excess::send};
        (excess.ofTap ? services.tap() : services.sink()).next(twice);
        PackagedProgram program = open(services.launch(folder).java("-Xmx256m").start());
        AtomicLong disk = new AtomicLong();
        long begun = System.nanoTime();
        program.awaitThat("a window is committed", () -> {
            disk.accumulateAndGet(spooled(), Math::max);
            return !program.found(LiveServices.COMMITTED).isEmpty();
        });
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
        program.awaitMatches(LiveServices.COMMITTED, 3);

        long memory = peakMemory(program.pid());
        System.out.printf(
                "%s: at most %d MB of memory and %d MB of disk, events flow again after %d s%n",
                excess, memory / MEGABYTE, disk.get() / MEGABYTE, seconds);
        assertThat(program.found("WARN.*" + excess.said)).isNotEmpty();
        assertThat(program.found("OutOfMemory|StackOverflow")).isEmpty();
        assertThat(memory).isLessThan(MOST_MEMORY);
        assertThat(disk.get()).isLessThan(1_100 * MEGABYTE);
        assertThat(spooled()).isLessThan(MEGABYTE);
        services.live().assertThatAllCommittedLandedOnce(program);
    }

    private long spooled() throws IOException {
        Path spool = folder.resolve("work/state/spool");
        if (!Files.exists(spool)) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(spool)) {
            return files.map(Path::toFile)
                    .filter(java.io.File::isFile)
                    .mapToLong(java.io.File::length)
                    .sum();
        }
    }

    private static long peakMemory(long process) throws IOException {
        return Pattern.compile("VmHWM:\\s+(\\d+) kB")
                .matcher(Files.readString(Path.of("/proc/" + process + "/status")))
                .results()
                .map(MatchResult::group)
                .mapToLong(line -> 1_024 * Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    private static byte[] blank(int length) {
        byte[] blank = new byte[length];
        Arrays.fill(blank, (byte) ' ');
        return blank;
    }
}
