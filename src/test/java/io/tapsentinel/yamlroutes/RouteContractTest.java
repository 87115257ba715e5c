package io.tapsentinel.yamlroutes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is accepted and refused; each test edits the shipped files. */
class RouteContractTest {

    private static final String TABLES = RoutesFixture.TABLES;
    private static final String SENTINEL = """
            - to:
                id: messages-blocked-sentinel
                uri: sentinel:ProofPointTAPMessagesBlockedV2_CL
                parameters:
                  lingerMs: 500
            """.indent(14);
    private static final String KEY =
            "            expression:\n              simple:\n                expression: \"${body.key}\"\n";
    private static final String ARCHIVE = "tap-archive.camel.yaml";
    private final EditedSet set = new EditedSet();
    private final Map<String, String> properties = set.properties;
    private final SortedMap<String, String> texts = set.texts;

    @Test
    void shippedRoutesAreAccepted() {
        assertThat(problems()).isEmpty();
        assertThat(RouteFiles.packaged()).isEqualTo(RouteFiles.in(Path.of("routes")));
    }

    @Test
    void invalidYamlIsReportedWithItsLine() {
        set.edit(TABLES, "    id: messages-blocked\n", "   id: messages-blocked\n     x");

        set.assertOneProblem().contains(TABLES).containsPattern("line \\d+");
    }

    @Test
    void unknownKeywordIsReportedWithItsLine() {
        set.edit(
                TABLES,
                "idempotentConsumer:\n            id: messages-blocked-seen",
                "idempotentConsume:\n            id: messages-blocked-seen");

        set.assertOneProblem().contains(TABLES, "idempotentConsume").containsPattern("line \\d+");
    }

    @Test
    void missingRequiredRouteIsNamed() {
        texts.remove("tap-poll.camel.yaml");

        assertThat(problems())
                .anyMatch(text -> text.contains("no route with the id tap-poll"))
                .anyMatch(text -> text.contains("tap-fetch"))
                .anyMatch(text -> text.contains("tap-sweep"));
    }

    @Test
    void archiveRouteIsRequiredOnlyWithAnArchive() {
        texts.remove(ARCHIVE);
        assertThat(problems()).isEmpty();

        properties.put("tap.archive.uri", "file:archive");
        set.assertOneProblem().contains("no route with the id tap-archive", "copy the packaged routes/" + ARCHIVE);
    }

    @Test
    void archiveRouteMayNotCallTheProgramsRoutes() {
        properties.put("tap.archive.uri", "file:archive");
        set.edit(ARCHIVE, "\"{{tap.archive.uri:}}\"", "file:elsewhere");
        assertThat(problems()).isEmpty();
        set.edit(ARCHIVE, "file:elsewhere", "direct:tap-window");
        set.assertOneProblem().contains("tap-archive, step to direct:tap-window");
    }

    @Test
    void folderWithoutOperatorRoutesIsAccepted() {
        texts.remove(RoutesFixture.OPERATOR);
        texts.put(TABLES, texts.get(TABLES).replaceAll("        - to:\n            uri: direct:before-\\S+\n", ""));

        assertThat(problems()).isEmpty();
    }

    @Test
    void callOfAMissingRouteIsRefused() {
        texts.remove(RoutesFixture.OPERATOR);

        assertThat(problems()).hasSize(4).allMatch(text -> text.contains("no route that begins with direct:before-"));
    }

    @Test
    void routeThatCallsItselfIsRefused() {
        set.before("- to: direct:messages-blocked");

        assertThat(problems())
                .anyMatch(text -> text.contains("before-messages-blocked: calls itself"))
                .anyMatch(text -> text.contains(" messages-blocked: calls itself"));
    }

    @Test
    void duplicateRouteIdIsRefused() {
        set.edit(TABLES, "    id: messages-blocked\n", "    id: clicks-blocked\n");

        assertThat(problems()).anyMatch(text -> text.contains("has the same id as the route in"));
    }

    @Test
    void namesOfTheProgramAreRefused() {
        set.route("filtered", "direct:tap-window", "stop: {}");
        assertThat(problems())
                .hasSize(2)
                .allMatch(text -> text.startsWith("mine.camel.yaml:1 filtered") && text.contains("the program uses"));
    }

    @Test
    void classOfTheProgramIsRefused() {
        for (String step : List.of(
                "- bean:\n"
                        + "            beanType: io.tapsentinel.event.EventLife\n"
                        + "            method: \"advance(${body}, 'NONE', 'DELIVERED')\"",
                "- script:\n"
                        + "            simple: \"${bean:type:io.tapsentinel.event.EventLife?method=advance(${body}, 'NONE',"
                        + " 'DELIVERED')}\"")) {
            set.before(step);
            set.assertOneProblem().as(step).contains("operator.camel.yaml:72", "names a class of the program");
        }
        set.before("# io.tapsentinel.event.EventLife is only spoken of");
        assertThat(problems()).isEmpty();
    }

    @Test
    void callOfTheProgramsRoutesIsRefused() {
        for (String own : List.of("direct:tap-window", "direct:tap-events")) {
            set.before("- to:\n            uri: " + own);
            set.assertOneProblem().as(own).contains("before-messages-blocked, step to " + own);
        }
    }

    @Test
    void routeThatTakesAUsedNameIsRefused() {
        for (String name : List.of("tap-mine direct:mine", "mine direct:filtered", "mine direct:messages-blocked")) {
            set.route(name.split(" ")[0], name.split(" ")[1], "stop: {}");
            // files are read by name, so the later one is reported
            set.assertOneProblem()
                    .as(name)
                    .containsAnyOf("the program uses", "route mine also begins with direct:messages-blocked");
        }
    }

    @Test
    void routerWithoutATypeIsRefused() {
        set.edit(RoutesFixture.ROUTER, "uri: direct:messages-blocked", "uri: direct:filtered");

        set.assertOneProblem().contains("tap-event", "never calls direct:messages-blocked");
    }

    @Test
    void stepAfterTheRequestIsRefused() {
        set.edit(
                "tap-poll.camel.yaml",
                "soTimeout: 60000\n",
                "soTimeout: 60000\n        - setBody:\n            constant: \"{}\"\n");

        set.assertOneProblem().contains("tap-fetch, step setBody", "the last step of tap-fetch must be the request");
    }

    @Test
    void secondRequestAfterTheRequestIsRefused() {
        set.edit(
                "tap-poll.camel.yaml",
                "soTimeout: 60000\n",
                "soTimeout: 60000\n        - to:\n            uri: \"{{tap.url}}/v2/siem/messages/blocked\"\n");

        set.assertOneProblem().contains("tap-fetch, step to", "the last step of tap-fetch must be the request");
    }

    @Test
    void handledRequestFailureIsRefused() {
        set.edit(
                "tap-poll.camel.yaml",
                "    description: Asks TAP for one window, which Java sets in the query\n"
                        + "    errorHandler:\n"
                        + "      noErrorHandler: {}",
                "    errorHandler:\n      deadLetterChannel:\n        deadLetterUri: direct:tap-event");
        texts.put("tap-poll.camel.yaml", HANDLED + texts.get("tap-poll.camel.yaml"));

        assertThat(problems())
                .hasSize(2)
                .allMatch(text -> text.contains("tap-fetch: ") && text.contains("swallows failures"))
                .anyMatch(text -> text.contains("deadLetterChannel"))
                .anyMatch(text -> text.contains("onException"));
    }

    private static final String HANDLED = "- onException:\n"
            + "    exception: [java.io.IOException]\n"
            + "    handled:\n"
            + "      constant: \"true\"\n"
            + "    steps:\n"
            + "      - setHeader:\n"
            + "          name: CamelHttpResponseCode\n"
            + "          constant: \"204\"\n";

    @Test
    void repositoryOfAnotherTypeIsRefused() {
        set.edit(TABLES, "idempotentRepository: messagesBlockedSeen", "idempotentRepository: clicksBlockedSeen");

        assertThat(problems())
                .anyMatch(text -> text.contains("messages-blocked, step messages-blocked-seen")
                        && text.contains("needs messagesBlockedSeen"))
                .anyMatch(text -> text.contains("clicksBlockedSeen is already used by"));
    }

    @Test
    void crossedRepositoriesAreRefusedInBothRoutes() {
        set.edit(TABLES, "messagesBlockedSeen", "x");
        set.edit(TABLES, "clicksBlockedSeen", "messagesBlockedSeen");
        set.edit(TABLES, "Repository: x", "Repository: clicksBlockedSeen");

        assertThat(problems())
                .anyMatch(text -> text.contains("step messages-blocked-seen"))
                .anyMatch(text -> text.contains("step clicks-blocked-seen"));
    }

    @Test
    void otherKeyExpressionIsRefused() {
        set.edit(
                TABLES,
                "            idempotentRepository: messagesBlockedSeen\n" + KEY,
                "            idempotentRepository: messagesBlockedSeen\n"
                        + KEY.replace("body.key", "body.fields[GUID]"));

        set.assertOneProblem().contains("messages-blocked-seen", "${body.key}");
    }

    @Test
    void tableRouteWithoutIdempotentConsumerIsRefused() {
        String text = texts.get(TABLES);
        int start = text.indexOf("        - idempotentConsumer:\n            id: messages-blocked-seen");
        texts.put(
                TABLES,
                text.substring(0, start)
                        + "        - to:\n            uri: sentinel:ProofPointTAPMessagesBlockedV2_CL\n");

        set.assertOneProblem().contains("messages-blocked", "no idempotentConsumer", "messagesBlockedSeen");
    }

    @Test
    void tableOfAnotherTypeIsRefused() {
        set.edit(TABLES, "sentinel:ProofPointTAPMessagesBlockedV2_CL", "sentinel:ProofPointTAPClicksBlockedV2_CL");
        set.assertOneProblem()
                .contains(
                        "messages-blocked-sentinel",
                        "the table of messagesBlocked is ProofPointTAPMessagesBlockedV2_CL");
    }

    @Test
    void wireTapToTheTableIsRefused() {
        set.edit(
                TABLES,
                "- to:\n                  id: messages-blocked-sentinel",
                "- wireTap:\n                  id: messages-blocked-sentinel");

        set.assertOneProblem().contains("messages-blocked, step messages-blocked-sentinel", "does not wait");
    }

    @Test
    void tableInsideAggregateOrResequenceIsRefused() {
        for (String collect : List.of(
                "aggregate:\n"
                        + "    correlationExpression:\n"
                        + "      constant: all\n"
                        + "    completionSize: 2\n"
                        + "    aggregationStrategy:"
                        + " \"#class:org.apache.camel.processor.aggregate.UseLatestAggregationStrategy\"\n",
                "resequence:\n    simple: \"${body.key}\"\n")) {
            texts.putAll(RouteFiles.in(Path.of("routes")).texts());
            set.edit(TABLES, SENTINEL, ("- " + collect + "    steps:\n" + SENTINEL.indent(-8)).indent(14));
            set.assertOneProblem()
                    .as(collect)
                    .contains("messages-blocked, step " + collect.split(":")[0], "does not wait");
        }
    }

    @Test
    void tableOutsideIdempotentConsumerIsRefused() {
        set.edit(TABLES, SENTINEL, "              - choice: {}\n" + SENTINEL.indent(-6));

        set.assertOneProblem().contains("messages-blocked-sentinel", "must be inside idempotentConsumer");
    }

    @Test
    void tableBehindSedaIsRefused() {
        set.edit(TABLES, SENTINEL, "              - to:\n                  uri: seda:later\n");
        set.route("later", "seda:later", "to: sentinel:ProofPointTAPMessagesBlockedV2_CL");
        set.assertOneProblem().contains("messages-blocked, step to seda:later", "does not wait");
    }

    @Test
    void disabledStepsOfATableRouteAreMissed() {
        set.edit(
                TABLES,
                "id: messages-blocked-sentinel\n",
                "id: messages-blocked-sentinel\n                  disabled: true\n");
        set.edit(TABLES, "id: clicks-blocked-seen\n", "id: clicks-blocked-seen\n            disabled: \"{{off}}\"\n");
        properties.put("off", "true");

        assertThat(problems())
                .hasSize(2)
                .anyMatch(text -> text.contains("messages-blocked: never sends to sentinel:"))
                .anyMatch(text -> text.contains("clicks-blocked: has no idempotentConsumer"));
    }

    @Test
    void disabledRequestToTapIsRefused() {
        set.edit(
                "tap-poll.camel.yaml",
                "            uri: \"{{tap.url}}",
                "            disabled: true\n            uri: \"{{tap.url}}");

        set.assertOneProblem().contains("tap-fetch", "the last step of tap-fetch must be the request");
    }

    @Test
    void disabledStepMayCallARouteThatIsGone() {
        set.before("- to:\n            disabled: true\n            uri: direct:gone");

        assertThat(problems()).isEmpty();
    }

    @Test
    void disabledStepIsBuiltAndNamedWhenCamelRefusesIt() {
        set.before("- to:\n            disabled: true\n            uri: carrier-pigeon:x");

        set.assertOneProblem().contains("before-messages-blocked, step to carrier-pigeon:x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bean:\n            ref: lookup\n            method: entries",
                "multicast:\n            steps:\n              - stop: {}",
                "pipeline:\n            steps:\n              - stop: {}"
            })
    void disabledStepThatCamelRunsAnywayIsRefused(String step) {
        set.before("- " + step.replaceFirst("\n", "\n            disabled: true\n"));

        set.assertOneProblem().contains("Camel ignores \"disabled: true\" on " + step.replaceAll("(?s):.*", ""));
    }

    @Test
    void tableThatIsNeverReachedIsRefused() {
        set.edit(TABLES, SENTINEL, "              - stop: {}\n");

        set.assertOneProblem()
                .contains("messages-blocked", "never sends to sentinel:ProofPointTAPMessagesBlockedV2_CL");
    }

    @Test
    void tableMayBeReachedThroughRoutesAndChoices() {
        set.edit(TABLES, SENTINEL, """
                - choice:
                    when:
                      - simple: "${body.fields[spamScore]} > 50"
                        steps:
                          - to:
                              uri: direct:send
                    otherwise:
                      steps:
                        - multicast:
                            steps:
                              - to:
                                  uri: direct:send
                """.indent(14));
        set.route("send", "direct:send", "to: sentinel:ProofPointTAPMessagesBlockedV2_CL");
        assertThat(problems()).isEmpty();
    }

    @Test
    void catchAroundTheTableIsAccepted() {
        set.edit(
                TABLES,
                SENTINEL,
                "              - doTry:\n                  steps:\n" + SENTINEL.indent(6)
                        + "                  doCatch:\n"
                        + "                    - exception:\n"
                        + "                        - java.lang.Exception\n"
                        + "                      steps:\n"
                        + "                        - throwException:\n"
                        + "                            exceptionType: java.lang.IllegalStateException\n"
                        + "                            message: no\n");

        assertThat(problems()).isEmpty();
    }

    @Test
    void unknownOptionIsRefused() {
        set.edit(TABLES, SENTINEL, SENTINEL.replace("lingerMs", "lingerMillis"));
        set.assertOneProblem()
                .contains("messages-blocked-sentinel", "unknown option lingerMillis")
                .doesNotContain("500");
    }

    @Test
    void valueOutOfBoundsIsRefused() {
        set.edit(TABLES, SENTINEL, SENTINEL.replace("lingerMs: 500", "batchBytes: 99000000"));
        set.assertOneProblem().contains("messages-blocked-sentinel", "batchBytes");
    }

    @Test
    void unknownPlaceholderIsRefused() {
        set.edit("tap-poll.camel.yaml", "{{tap.poll.cron}}", "{{tap.poll.corn}}");

        set.assertOneProblem().contains("tap-poll", "{{tap.poll.corn}}");
    }

    @Test
    void secretCannotBeUsedAsAPlaceholder() {
        properties.put("tap.secret", "hush-hush");
        set.edit("tap-poll.camel.yaml", "expression: GET", "expression: \"{{tap.secret}}{{tap.nothing}}\"");

        assertThat(problems()).isNotEmpty().noneMatch(text -> text.contains("hush"));
    }

    @Test
    void unknownBeanOrComponentIsRefused() {
        set.before("- bean:\n            ref: nobody");
        set.assertOneProblem().contains("before-messages-blocked", "nobody");

        set.before("- to:\n            uri: carrier-pigeon:home?speed=9");
        set.assertOneProblem()
                .contains("before-messages-blocked", "carrier-pigeon")
                .doesNotContain("speed=9");
    }

    @Test
    void linesOfABrokenFileAreNotQuoted() {
        for (String broken : List.of("\"s3cr3t", "@s3cr3t", "{s3cr3t", "s3cr3t: s3cr3t")) {
            set.before("- to:\n"
                    + "            uri: https://example.com/x\n"
                    + "            parameters:\n"
                    + "              authPassword: "
                    + broken);
            assertThat(problems())
                    .as(broken)
                    .isNotEmpty()
                    .allMatch(text -> text.contains(RoutesFixture.OPERATOR) && text.contains("line 7"))
                    .noneMatch(text -> text.contains("s3cr3t"));
        }
        set.before("- to:\n            uri: https://example.com/x\n            authPassword: s3cr3t");
        set.assertOneProblem().contains("authPassword").doesNotContain("s3cr3t");
        texts.put(
                RoutesFixture.OPERATOR,
                "- beans:\n    - name: mine\n      type: java.util.Date\n      properties:\n        time: s3cr3t\n");
        assertThat(problems()).isNotEmpty().noneMatch(text -> text.contains("s3cr3t"));
    }

    @Test
    void onCompletionOfTheRequestIsRefused() {
        String completion =
                "onCompletion:\n    mode: BeforeConsumer\n    steps:\n      - setBody:\n          constant: \"{}\"\n";
        set.edit(
                "tap-poll.camel.yaml",
                "        - setHeader:\n            name: CamelHttpMethod",
                "        - " + completion.replace("\n  ", "\n          ")
                        + "        - setHeader:\n            name: CamelHttpMethod");
        set.assertOneProblem().contains("tap-fetch, step onCompletion", "could change the answer");

        texts.putAll(RouteFiles.in(Path.of("routes")).texts());
        texts.put(
                "mine.camel.yaml",
                "- routeConfiguration:\n    id: mine\n    onCompletion:\n      - "
                        + completion.replace("\n  ", "\n          "));
        set.assertOneProblem().contains("mine.camel.yaml", "could change the answer");
    }

    @Test
    void requiredRouteThatDoesNotRunIsRefused() {
        set.edit(TABLES, "    id: messages-blocked\n", "    id: messages-blocked\n    autoStartup: \"false\"\n");
        set.edit("tap-poll.camel.yaml", "    id: tap-poll\n", "    id: tap-poll\n    precondition: \"false\"\n");

        assertThat(problems())
                .hasSize(2)
                .anyMatch(text -> text.contains("messages-blocked: autoStartup must be true"))
                .anyMatch(text -> text.contains("tap-poll: must not have a precondition"));
    }

    @Test
    void invalidCronIsRefused() {
        set.edit("tap-poll.camel.yaml", "{{tap.poll.cron}}", "0 0/5 * * * 9");

        set.assertOneProblem()
                .contains("tap-poll", "cron is not a Quartz cron expression")
                .doesNotContain("* 9");
        set.edit("tap-poll.camel.yaml", "0 0/5 * * * 9", "0 0/5 * * * ?");
        assertThat(problems()).isEmpty();
    }

    @Test
    void dynamicCallOfTheTableIsAccepted() {
        for (String step : List.of(
                "recipientList:\n                  constant: sentinel:ProofPointTAPMessagesBlockedV2_CL\n",
                "toD:\n                  uri: sentinel:${exchangeProperty.table}\n")) {
            texts.putAll(RouteFiles.in(Path.of("routes")).texts());
            set.edit(TABLES, SENTINEL, "              - " + step);
            assertThat(problems()).as(step).isEmpty();
        }
    }

    @Test
    void shortFormsAndWindowsLineEndsAreAccepted() {
        texts.replaceAll((file, text) ->
                text.replaceAll("- to:\n\\s+uri: (direct:\\S+)", "- to: \"$1\"").replace("\n", "\r\n"));

        assertThat(problems()).isEmpty();
    }

    @Test
    void routeWithoutAnIdIsRefusedByFileAndLine() {
        texts.put("mine.camel.yaml", "# mine\n- from:\n    uri: timer:mine\n    steps:\n      - stop: {}\n");

        set.assertOneProblem()
                .startsWith("mine.camel.yaml:")
                .contains("has no id")
                .doesNotContain("null", "-1");
    }

    @Test
    void allProblemsAreReportedTogether() {
        set.edit(TABLES, "    id: messages-blocked\n", "    id: messages-blocked\n    autoStartup: \"false\"\n");
        texts.remove("tap-event-router.camel.yaml");

        assertThat(problems()).hasSize(2);
    }

    @Test
    void checkLeavesNoThreads() {
        Set<Thread> before = threads();

        problems();

        assertThat(threads()).as("threads of other tests may end meanwhile").isSubsetOf(before);
    }

    private static Set<Thread> threads() {
        Thread[] all = new Thread[2 * Thread.activeCount()];
        return Set.of(Arrays.copyOf(all, Thread.enumerate(all)));
    }

    private List<String> problems() {
        return set.problems();
    }
}
