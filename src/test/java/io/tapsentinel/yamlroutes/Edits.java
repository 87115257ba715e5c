package io.tapsentinel.yamlroutes;

import static org.assertj.core.api.Assertions.assertThat;

/** Edits of the shipped YAML as an operator would make them: from a file's text to its new text. */
final class Edits {

    private Edits() {}

    /** Sets options for all tables. */
    static String options(String tables, String options) {
        return tables.replaceAll("lingerMs: 50\n {20}maxPending: \\d+", options.replace("\n", "\n" + " ".repeat(20)));
    }

    /** Inserts a first step into before-messages-blocked. */
    static String firstStep(String operator, String step) {
        String head = "      uri: direct:before-messages-blocked\n      steps:\n";
        assertThat(operator).contains(head);
        return operator.replace(head, head + step.indent(8));
    }

    /** Replaces the step that sends blocked messages to their table. */
    static String inPlaceOfSentinel(String tables, String steps) {
        return tables.replaceFirst(
                "( {14})- to:\\n +id: messages-blocked-sentinel\\n[\\s\\S]*?(?=\\n\\S|\\z)", steps.indent(14));
    }

    static String seda(String tables) {
        return inPlaceOfSentinel(tables, """
                - to:
                    id: parked
                    uri: seda:parked?size=100000
                """) + """

                - route:
                    id: behind-seda
                    from:
                      uri: seda:parked?size=100000
                      steps:
                        - to:
                            uri: sentinel:ProofPointTAPMessagesBlockedV2_CL
                """;
    }

    static String wireTap(String tables) {
        return inPlaceOfSentinel(tables, """
                - wireTap:
                    id: tapped
                    uri: sentinel:ProofPointTAPMessagesBlockedV2_CL?lingerMs=50
                """);
    }

    static String doCatch(String tables) {
        return inPlaceOfSentinel(tables, """
                - doTry:
                    id: attempt
                    steps:
                      - to:
                          id: messages-blocked-sentinel
                          uri: sentinel:ProofPointTAPMessagesBlockedV2_CL?lingerMs=50
                    doCatch:
                      - exception:
                          - java.lang.Exception
                        steps:
                          - setHeader:
                              name: swallowed
                              constant: "yes"
                """);
    }

    static String withoutConsumer(String tables) {
        return tables.replaceFirst(
                "        - idempotentConsumer:\\n +id: messages-blocked-seen[\\s\\S]*?(?=\\n\\S|\\z)", """
                - to:
                    id: messages-blocked-sentinel
                    uri: sentinel:ProofPointTAPMessagesBlockedV2_CL?lingerMs=50
                """.indent(8));
    }

    static String crossedRepositories(String tables) {
        return tables.replace("messagesBlockedSeen", "other")
                .replace("messagesDeliveredSeen", "messagesBlockedSeen")
                .replace("other", "messagesDeliveredSeen");
    }

    static String withoutSentinel(String tables) {
        return inPlaceOfSentinel(tables, """
                - setBody:
                    constant: the step to sentinel is gone
                """);
    }

    static String broken(String tables) {
        return tables.replace(
                "      uri: direct:messages-blocked\n", "      uri: direct:messages-blocked\n     steps: [\n");
    }
}
