package io.tapsentinel.yamlroutes;

import static io.tapsentinel.yamlroutes.RoutesFixture.OPERATOR;
import static io.tapsentinel.yamlroutes.RoutesFixture.TABLES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.store.ledger.LedgerCount;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.testing.FaultProxy.Fault;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Edits saved during a window take effect and neither lose nor duplicate an event. */
class EditedFolderIT {

    @TempDir
    Path work;

    @AutoClose
    private LiveRoutes routes;

    @ParameterizedTest
    @ValueSource(ints = {100, 600})
    void changedTableOptionsTakeEffect(int eventsPerHour) throws Exception {
        CompletableFuture<Void> poll = readingHeld(eventsPerHour);
        routes.edit(TABLES, text -> Edits.options(text, "lingerMs: 20\nbatchRecords: 3"));
        reloaded(poll, TABLES);
        int requests = routes.services.sinkProxy().requests();

        LedgerEntry next = routes.pollLater();

        assertThat(next.total(LedgerCount.NEW)).isGreaterThan(20);
        assertThat((routes.services.sinkProxy().requests() - requests) * 3L)
                .as("room in that many requests")
                .isGreaterThanOrEqualTo(next.total(LedgerCount.NEW));
        routes.assertEachLandedOnce();
    }

    @Test
    void redactionTakesEffectAfterAReload() throws Exception {
        CompletableFuture<Void> poll = readingHeld(LiveRoutes.EVENTS_PER_HOUR);
        routes.edit(OPERATOR, text -> Edits.firstStep(text, """
                - script:
                    simple: "${body.fields.put('subject', 'redacted')}"
                """));
        reloaded(poll, OPERATOR);
        List<JsonNode> rows = new CopyOnWriteArrayList<>();
        routes.services.eachRow((table, row) -> rows.add(row));

        LedgerEntry next = routes.pollLater();

        long blocked = next.counts().get("messagesBlocked").get(LedgerCount.NEW.word());
        assertThat(blocked).isPositive();
        assertThat(rows)
                .filteredOn(row -> row.path("subject").asText().equals("redacted"))
                .hasSize((int) blocked);
        routes.assertEachLandedOnce();
    }

    @Test
    void filteredMessagesAreCountedAndDeliveredAfterTheFilterIsRemoved() throws Exception {
        CompletableFuture<Void> poll = readingHeld(LiveRoutes.EVENTS_PER_HOUR);
        String before = routes.text(OPERATOR);
        routes.edit(OPERATOR, text -> Edits.firstStep(text, """
                - to:
                    uri: direct:filtered
                """));
        reloaded(poll, OPERATOR);

        routes.pollUntilRead();
        // the held poll may have used the new route already
        long filtered = routes.services.reads().stream()
                .mapToLong(read -> read.counts()
                        .get("messagesBlocked")
                        .getOrDefault(LedgerCount.filteredBy("before-messages-blocked"), 0L))
                .sum();
        assertThat(filtered).isPositive();
        int landed = routes.services.rows().size();

        routes.log.lines().clear();
        routes.write(OPERATOR, before);
        routes.awaitLine("INFO", LiveRoutes.RELOADED, OPERATOR);
        routes.pollUntilRead();
        assertThat(routes.services.rows()).hasSizeGreaterThanOrEqualTo(landed + (int) filtered);
        routes.assertEachLandedOnce();
    }

    @Test
    void copyStepTakesEffectAfterAReload() throws Exception {
        CompletableFuture<Void> poll = readingHeld(LiveRoutes.EVENTS_PER_HOUR);
        routes.write("copies.camel.yaml", """
                - route:
                    id: copies
                    from:
                      uri: direct:copies
                      steps:
                        - setHeader:
                            name: CamelFileName
                            simple: "${body.key}"
                        - setBody:
                            constant: copied
                        - to:
                            uri: file:%s
                """.formatted(work.resolve("copies")));
        routes.edit(OPERATOR, text -> Edits.firstStep(text, """
                - split:
                    simple: "${body}"
                    steps:
                      - to:
                          uri: direct:copies
                """));
        reloaded(poll, OPERATOR);

        LedgerEntry next = routes.pollLater();

        assertThat(work.resolve("copies").toFile().list())
                .hasSizeGreaterThanOrEqualTo(next.counts()
                        .get("messagesBlocked")
                        .get(LedgerCount.NEW.word())
                        .intValue());
        routes.assertEachLandedOnce();
    }

    @Test
    void reloadWhileSentinelHangsFailsTheWindowAndLosesNothing() throws Exception {
        routes = new LiveRoutes(work, 300);
        routes.services.with("tap.shutdown-timeout", "PT1S");
        routes.start();
        routes.services.sinkProxy().next(100, Fault.REFUSE);
        CompletableFuture<Void> poll = routes.pollHeld();

        routes.force(TABLES, routes.text(TABLES)).join();
        routes.services.sinkProxy().forget();
        // later events may wait in the new producers
        routes.services.sinkProxy().release();

        assertThat(poll).as("the run during the reload").succeedsWithin(LiveRoutes.SOON);
        assertThat(routes.services.reads()).isEmpty();
        routes.pollUntilRead();
        routes.assertEachLandedOnce();
    }

    @Test
    void startWithARefusedFolderListsEveryProblem() throws Exception {
        routes = new LiveRoutes(work, LiveRoutes.EVENTS_PER_HOUR);
        routes.edit(TABLES, Edits::crossedRepositories);

        assertThatThrownBy(routes::start)
                .hasRootCauseInstanceOf(InvalidSettingException.class)
                .hasMessageContainingAll("routes/ is refused", "messages-blocked-seen", "messages-delivered-seen");
    }

    private CompletableFuture<Void> readingHeld(int eventsPerHour) throws Exception {
        routes = new LiveRoutes(work, eventsPerHour).start();
        return routes.pollHeld();
    }

    private void reloaded(CompletableFuture<Void> poll, String file) {
        routes.releaseToReload(poll);
        routes.awaitLine("INFO", LiveRoutes.RELOADED, file);
    }
}
