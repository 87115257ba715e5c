package io.tapsentinel.yamlroutes;

import static io.tapsentinel.yamlroutes.RoutesFixture.OPERATOR;
import static io.tapsentinel.yamlroutes.RoutesFixture.TABLES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.store.ledger.LedgerCount;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.testing.FaultProxy.Fault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A refused edit is logged, and the running routes stay in place until the folder is fixed. */
class RefusedEditsIT {

    private static final String REFUSED = "routes/ is refused, the running routes stay in place: ";

    @TempDir
    static Path work;

    @AutoClose
    private static LiveRoutes routes;

    @BeforeEach
    void open() throws Exception {
        routes = LiveRoutes.after(routes, work);
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                edit("seda", Edits::seda, "messages-blocked", "parked"),
                edit("wireTap", Edits::wireTap, "messages-blocked", "tapped", "does not wait"),
                edit("no idempotentConsumer", Edits::withoutConsumer, "messages-blocked", "idempotentConsumer"),
                edit(
                        "crossed repositories",
                        Edits::crossedRepositories,
                        "messages-blocked-seen",
                        "messagesDeliveredSeen"),
                edit("broken", Edits::broken));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void refusedEditLeavesTheRunningRoutesInPlace(String name, UnaryOperator<String> edit, String[] words)
            throws Exception {
        long earlier = polls();
        CompletableFuture<Void> poll = routes.pollHeld();
        String before = routes.text(TABLES);

        routes.edit(TABLES, edit);
        routes.awaitLine(
                "WARN",
                Stream.concat(Stream.of(REFUSED, TABLES), Stream.of(words)).toArray(String[]::new));
        routes.release(poll);

        assertThat(polls()).as("the window during the edit").isEqualTo(earlier + 1);
        routes.pollLater();
        assertThat(health()).containsEntry("status", "DEGRADED").containsKey("routes.refused");

        routes.write(TABLES, before);
        routes.awaitLine("INFO", "routes/ matches the running routes again");
        assertThat(health()).doesNotContainKey("status");
        routes.pollLater();
        routes.assertEachLandedOnce();
    }

    @Test
    void doCatchFailsTheWindowOnlyWhenSentinelFails() throws Exception {
        CompletableFuture<Void> poll = routes.pollHeld();
        String before = routes.text(TABLES);
        routes.edit(TABLES, Edits::doCatch);
        routes.releaseToReload(poll);
        routes.awaitLine("INFO", LiveRoutes.RELOADED);
        routes.pollLater();

        routes.services.sinkProxy().next(1_000, Fault.REFUSE);
        routes.awaitFailure(
                "messages-blocked ended without delivering",
                "step attempt (doTry) of route messages-blocked swallows failures");

        routes.services.sinkProxy().forget();
        routes.log.lines().clear();
        routes.write(TABLES, before);
        routes.awaitLine("INFO", LiveRoutes.RELOADED);
        routes.pollUntilRead();
        routes.assertEachLandedOnce();
    }

    @Test
    void emptiedOrMovedFolderDoesNotStopTheRoutes() throws Exception {
        Path aside = work.resolve("aside");
        Files.move(routes.folder, aside);
        routes.awaitLine("WARN", REFUSED, "cannot read the *.camel.yaml files");
        routes.pollUntilRead();

        Files.createDirectory(routes.folder);
        routes.awaitLine("WARN", REFUSED, "it has no *.camel.yaml file");
        routes.pollLater();

        Files.delete(routes.folder);
        Files.move(aside, routes.folder);
        routes.awaitLine("INFO", "routes/ matches the running routes again");
        routes.write("note.camel.yaml", NOTE);
        routes.awaitLine("INFO", LiveRoutes.RELOADED, "note.camel.yaml");
        routes.pollLater();
        Files.delete(routes.folder.resolve("note.camel.yaml"));
        routes.awaitLine("INFO", LiveRoutes.RELOADED, "removed note");
        routes.assertEachLandedOnce();
    }

    @Test
    void removedFileIsRefusedIfNeededAndElseItsRoutesAreRemoved() throws Exception {
        Files.move(routes.folder.resolve(OPERATOR), work.resolve(OPERATOR));
        routes.awaitLine("WARN", REFUSED, "direct:before-");
        routes.pollUntilRead();
        // as an editor that writes a new file and renames it
        Files.move(work.resolve(OPERATOR), routes.folder.resolve(OPERATOR), StandardCopyOption.ATOMIC_MOVE);
        routes.awaitLine("INFO", "routes/ matches the running routes again");

        routes.write("note.camel.yaml", NOTE);
        routes.awaitLine("INFO", LiveRoutes.RELOADED, "restarted note");
        Files.move(routes.folder.resolve("note.camel.yaml"), routes.folder.resolve("other.camel.yaml"));
        routes.awaitLine("INFO", LiveRoutes.RELOADED, "note.camel.yaml, other.camel.yaml");
        assertThat(routes.program().camel().getRoute("note")).isNotNull();
        Files.delete(routes.folder.resolve("other.camel.yaml"));
        routes.awaitLine("INFO", LiveRoutes.RELOADED, "removed note");
        assertThat(routes.program().camel().getRoute("note")).isNull();
        routes.pollLater();
        routes.assertEachLandedOnce();
    }

    @Test
    void setThatCamelCannotStartIsRolledBack() throws Exception {
        CompletableFuture<Void> poll = routes.pollHeld();
        String before = routes.text(OPERATOR);
        // the check does not start routes; this file sorts last, so the other one runs already
        routes.write("zz-never.camel.yaml", """
                - route:
                    id: never
                    from:
                      uri: quartz:never?cron=0 0 0 1 1 ? 2000
                      steps:
                        - setBody:
                            constant: noted
                """);
        routes.edit(OPERATOR, text -> Edits.firstStep(text, """
                - to:
                    uri: direct:filtered
                """));
        routes.awaitLine("WARN", REFUSED, "Camel cannot start it", "will never fire");
        routes.release(poll);

        assertThat(routes.pollLater().total(LedgerCount.FILTERED)).isZero();
        assertThat(routes.program().camel().getRoute("never")).isNull();
        assertThat(health()).containsEntry("status", "DEGRADED");

        Files.delete(routes.folder.resolve("zz-never.camel.yaml"));
        routes.awaitLine("INFO", LiveRoutes.RELOADED, OPERATOR);
        assertThat(routes.pollLater().total(LedgerCount.FILTERED)).isPositive();

        routes.log.lines().clear();
        routes.write(OPERATOR, before);
        routes.awaitLine("INFO", LiveRoutes.RELOADED, OPERATOR);
        routes.pollUntilRead();
        routes.assertEachLandedOnce();
    }

    @Test
    void refusalIsLoggedOncePerText() throws Exception {
        String before = routes.text(TABLES);
        routes.edit(TABLES, Edits::broken);
        routes.awaitLine("WARN", REFUSED);
        routes.log.lines().clear();

        routes.write("readme.txt", "not a route file");
        routes.write(TABLES, routes.text(TABLES));

        // for several reads of the folder
        await("nothing is said")
                .during(Duration.ofSeconds(1))
                .atMost(LiveRoutes.SOON)
                .until(() -> !routes.has("WARN", REFUSED));
        routes.write(TABLES, before);
        routes.awaitLine("INFO", "routes/ matches the running routes again");
        routes.pollLater();
        routes.assertEachLandedOnce();
    }

    private static final String NOTE = """
            - route:
                id: note
                from:
                  uri: direct:note
                  steps:
                    - setBody:
                        constant: noted
            """;

    /** Polls read so far, without catching up after an earlier failure. */
    private static long polls() {
        return routes.services.reads().stream()
                .filter(read -> read.purpose() == Purpose.POLL)
                .count();
    }

    private Map<String, Object> health() {
        return HealthCheckHelper.invoke(routes.program().camel()).stream()
                .filter(result -> result.getCheck().getId().equals("routes"))
                .map(HealthCheck.Result::getDetails)
                .findFirst()
                .orElseThrow();
    }

    private static Arguments edit(String name, UnaryOperator<String> edit, String... words) {
        return Arguments.of(name, edit, words);
    }
}
