package io.tapsentinel.yamlroutes;

import static io.tapsentinel.yamlroutes.RoutesFixture.ROUTER;
import static io.tapsentinel.yamlroutes.RoutesFixture.TABLES;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Mistakes that run without a check fail the window with a line that names route and step. Once fixed, every event lands once.
 */
class ReloadedRoutesIT {

    @TempDir
    static Path folder;

    @AutoClose
    private static LiveRoutes routes;

    @BeforeEach
    void open() throws Exception {
        routes = LiveRoutes.after(routes, folder);
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake(
                        "seda",
                        Edits::seda,
                        "messages-blocked ended without delivering",
                        "step parked (to seda:parked) of route messages-blocked"),
                mistake(
                        "wireTap",
                        Edits::wireTap,
                        "messages-blocked ended without delivering",
                        "step tapped (wireTap sentinel:ProofPointTAPMessagesBlockedV2_CL) of route messages-blocked"),
                mistake(
                        "no idempotentConsumer",
                        Edits::withoutConsumer,
                        "put this step inside idempotentConsumer",
                        "route messages-blocked, step messages-blocked-sentinel"),
                mistake(
                        "crossed repositories",
                        Edits::crossedRepositories,
                        "must use the repository of its own type",
                        "-seen)"),
                mistake(
                        "no sentinel:",
                        Edits::withoutSentinel,
                        "messages-blocked ended without delivering",
                        "it no longer sends to sentinel:"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void mistakeDuringAWindowFailsItAndNamesRouteAndStep(String name, UnaryOperator<String> edit, String[] words)
            throws Exception {
        CompletableFuture<Void> poll = routes.pollHeld();

        CompletableFuture<Void> forced = routes.force(TABLES, routes.edited(TABLES, edit));
        routes.releaseToReload(poll);
        forced.join();
        routes.awaitFailure(words);

        routes.force(TABLES, routes.text(TABLES)).join();
        // an update removes no route
        routes.remove("behind-seda");
        routes.pollUntilRead();
        routes.assertEachLandedOnce();
    }

    @Test
    void brokenYamlIsNeverUsed() throws Exception {
        int before = routes.services.reads().size();
        CompletableFuture<Void> poll = routes.pollHeld();

        assertThat(routes.force(TABLES, routes.edited(TABLES, Edits::broken))).failsWithin(LiveRoutes.SOON);

        routes.release(poll);
        assertThat(routes.services.reads()).as("the window commits").hasSizeGreaterThan(before);
        routes.assertEachLandedOnce();
    }

    @Test
    void routerWithoutATypeFailsTheWindow() throws Exception {
        routes.force(ROUTER, routes.edited(ROUTER, text -> text.replace("'CLICKS_PERMITTED'", "'CLICKS_ALLOWED'")))
                .join();

        int before = routes.services.reads().size();
        routes.program().poll();

        assertThat(routes.services.reads()).hasSize(before);
        assertThat(routes.has("WARN", "clicks-permitted ended without delivering", "route tap-event does not route it"))
                .as(routes.log.lines().toString())
                .isTrue();
        routes.force(ROUTER, routes.text(ROUTER)).join();
        routes.pollUntilRead();
        routes.assertEachLandedOnce();
    }

    private static Arguments mistake(String name, UnaryOperator<String> edit, String... words) {
        return Arguments.of(name, edit, words);
    }
}
