package io.tapsentinel.monitoring.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.EventType;
import io.tapsentinel.monitoring.health.Findings.Level;
import io.tapsentinel.monitoring.health.Findings.Problem;
import io.tapsentinel.sentinel.SentinelComponent;
import io.tapsentinel.sentinel.schema.TableSchema;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.sentinel.upload.Uploader;
import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.MovableClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamCheckTest {

    private static final List<TableSchema> TABLES = Stream.of(EventType.values())
            .map(type -> TableSchema.of(type.table()))
            .toList();
    private static final MovableClock CLOCK = new MovableClock(Instant.parse("2026-11-20T12:00:00Z"));
    private static final String FIRST = TABLES.get(0).table();

    @RegisterExtension
    final LogLines log = new LogLines();

    private final SentinelComponent sentinel = new SentinelComponent(CLOCK, CLOCK);
    private final SentinelHealthCheck health = new SentinelHealthCheck(sentinel, List::of, CLOCK);
    private final List<String> sent = new ArrayList<>();
    private final List<Duration> pauses = new ArrayList<>();
    private int renewed;

    @Test
    void acceptedStreamsAreLoggedInOneLine() {
        check(request -> 204, pause -> false);

        assertThat(sent)
                .containsExactlyElementsOf(
                        TABLES.stream().map(table -> table.stream() + " []").toList());
        assertThat(pauses).isEmpty();
        assertThat(log.lines()).containsExactly("INFO Sentinel accepts rows for all 4 tables");
        assertThat(health.findings().level()).isEqualTo(Level.UP);
    }

    @ParameterizedTest
    @CsvSource({
        "401,SENTINEL_TOKEN,DOWN",
        "403,SENTINEL_ROLE,DOWN",
        "404,SENTINEL_RULE,DOWN",
        "400,SENTINEL_REFUSES,DOWN",
        "0,SENTINEL_UNREACHED,DEGRADED",
        "503,SENTINEL_RETRIES,DEGRADED"
    })
    void problemIsInHealthUntilAcceptedAndLoggedOnce(int status, KnownProblem known, Level level) {
        List<Problem> seen = new ArrayList<>();
        check(request -> request <= 3 ? status : 204, pause -> {
            seen.addAll(health.findings().problems());
            return true;
        });

        assertThat(seen).hasSizeBetween(1, 3).allSatisfy(problem -> {
            assertThat(problem.what()).startsWith(known.what() + " (").contains(FIRST, "refused with " + status);
            assertThat(problem.remedy()).isEqualTo(known.remedy());
            assertThat(problem.level()).isEqualTo(level);
        });
        assertThat(health.findings().problems()).isEmpty();
        assertThat(log.lines())
                .containsExactly(
                        "WARN " + known.what() + " (refused with " + status + "): " + known.remedy(),
                        "INFO Sentinel accepts rows for all 4 tables");
        assertThat(renewed).as("new tokens").isEqualTo(status == 401 ? 3 : 0);
    }

    @Test
    void refusedRuleIsRetriedOnOneStreamWithGrowingPauses() {
        check(request -> request <= 7 ? 403 : 204, pause -> true);

        assertThat(sent.subList(0, 7)).containsOnly(TABLES.get(0).stream() + " []");
        assertThat(pauses.stream().map(Duration::toSeconds)).containsExactly(5L, 10L, 20L, 40L, 60L, 60L, 60L);
    }

    @Test
    void twoProblemsAreLoggedInOneLineEach() {
        check(request -> request > 8 ? 204 : request % 2 == 1 ? 400 : 403, pause -> true);

        assertThat(log.lines())
                .filteredOn(line -> line.startsWith("WARN"))
                .satisfiesExactly(
                        first -> assertThat(first).contains(KnownProblem.SENTINEL_REFUSES.what()),
                        second -> assertThat(second).contains(KnownProblem.SENTINEL_ROLE.what()));
    }

    @Test
    void unknownStreamIsNamedAndTheOthersAreChecked() {
        check(request -> request == 2 ? 400 : 204, pause -> false);

        assertThat(sent).hasSize(4);
        assertThat(health.findings().problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.what())
                        .startsWith(KnownProblem.SENTINEL_REFUSES.what() + " ("
                                + TABLES.get(1).table()));
    }

    @Test
    void batchResultsReplaceResultsOfTheCheck() {
        check(request -> request == 1 ? 503 : 204, pause -> {
            sentinel.deliveryStatus().listen(FIRST).acknowledged(List.of(), 2);
            sentinel.deliveryStatus().listen(FIRST).accepted();
            assertThat(health.findings().problems()).isEmpty();
            return true;
        });
        assertThat(sent).as("requests, without a second one to the first table").hasSize(4);

        sentinel.deliveryStatus().listen(FIRST).failing(new UploadException(403, "a batch was refused"), true);
        sentinel.deliveryStatus().acceptCheck(FIRST);
        sentinel.deliveryStatus().failCheck(FIRST, new UploadException(503, "an empty array was refused"), false);
        assertThat(health.findings().problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.what())
                        .contains("a batch was refused")
                        .startsWith(KnownProblem.SENTINEL_ROLE.what()));
    }

    /** @param statuses by number of the request, starting at 1 */
    private void check(IntUnaryOperator statuses, Predicate<Duration> pause) {
        sentinel.setUploader(new Uploader() {
            @Override
            public void upload(String stream, byte[] body) throws UploadException {
                sent.add(stream + " " + new String(body, StandardCharsets.UTF_8));
                int status = statuses.applyAsInt(sent.size());
                if (status != 204) {
                    throw new UploadException(status, "refused with " + status);
                }
            }

            @Override
            public void renew() {
                renewed++;
            }
        });
        new StreamCheck(sentinel, TABLES, length -> {
                    pauses.add(length);
                    return pause.test(length);
                })
                .run();
    }
}
