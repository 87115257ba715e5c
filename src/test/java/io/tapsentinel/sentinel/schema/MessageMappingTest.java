package io.tapsentinel.sentinel.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MessageMappingTest {

    private static final List<String> TABLES =
            List.of("ProofPointTAPMessagesDeliveredV2_CL", "ProofPointTAPMessagesBlockedV2_CL");

    private static final String SCALARS = """
            value | spamScore           | 80 | 80
            odd   | spamScore           | "443" | 443
            wrong | spamScore           | "high" | !absent
            null  | spamScore           | null | absent
            value | phishScore          | 49 | 49
            odd   | phishScore          | " 12.5 " | !13
            wrong | phishScore          | [1] | !absent
            null  | phishScore          | null | absent
            value | impostorScore       | 0.0 | 0
            odd   | impostorScore       | 12.5 | !13
            wrong | impostorScore       | true | !absent
            null  | impostorScore       | null | absent
            value | malwareScore        | 98 | 98
            odd   | malwareScore        | 1e2 | 100
            wrong | malwareScore        | {"score":1} | !absent
            null  | malwareScore        | null | absent
            value | messageSize         | 76376 | 76376
            odd   | messageSize         | "-0" | 0
            wrong | messageSize         | 2147483648 | !absent
            null  | messageSize         | null | absent
            value | messageTime         | "2026-11-20T10:29:55.000Z" | "2026-11-20T10:29:55Z"
            odd   | messageTime         | "2026-11-20T05:29:55.5-05:00" | "2026-11-20T10:29:55.500Z"
            wrong | messageTime         | ["2026-11-20T10:29:55Z"] | !absent
            null  | messageTime         | null | absent
            value | completelyRewritten | true | true
            odd   | completelyRewritten | "na" | absent
            odd   | completelyRewritten | "" | absent
            odd   | completelyRewritten | "TRUE" | true
            odd   | completelyRewritten | "False" | false
            wrong | completelyRewritten | 1 | !absent
            wrong | completelyRewritten | "yes" | !absent
            null  | completelyRewritten | null | absent
            value | cluster             | "example_hosted" | "example_hosted"
            odd   | cluster             | "" | ""
            wrong | cluster             | 3.0 | "3.0"
            null  | cluster             | null | absent
            value | subject             | "Ünïcode ☃ \\"quoted\\"" | "Ünïcode ☃ \\"quoted\\""
            odd   | subject             | "\\ud83d\\ude00\\ud83d end\\udc00" | "😀\ufffd end\ufffd"
            wrong | subject             | ["a","b"] | "[\\"a\\",\\"b\\"]"
            null  | subject             | null | absent
            value | quarantineFolder    | "Attachment Defense" | "Attachment Defense"
            odd   | quarantineFolder    | "a/b\\\\c" | "a/b\\\\c"
            wrong | quarantineFolder    | false | "false"
            null  | quarantineFolder    | null | absent
            value | quarantineRule      | "module.sandbox.threat" | "module.sandbox.threat"
            odd   | quarantineRule      | "null" | "null"
            wrong | quarantineRule      | {"rule":null} | "{\\"rule\\":null}"
            null  | quarantineRule      | null | absent
            value | headerFrom          | "\\"A. Bc\\" <381e@example.com>" | "\\"A. Bc\\" <381e@example.com>"
            odd   | headerFrom          | "=?utf-8?Q?=C3=BC?=\\r\\n <a@b>" | "=?utf-8?Q?=C3=BC?=\\r\\n <a@b>"
            wrong | headerFrom          | [{"a":"b"}] | "[{\\"a\\":\\"b\\"}]"
            null  | headerFrom          | null | absent
            value | headerReplyTo       | "r@example.com" | "r@example.com"
            odd   | headerReplyTo       | "\\b\\f\\u001f\\u007f\\u20ac" | "\\b\\f\\u001F\u007f€"
            wrong | headerReplyTo       | 5 | "5"
            null  | headerReplyTo       | null | absent
            value | id                  | "365bf63a-6659" | "365bf63a-6659"
            odd   | id                  | "{365BF63A}" | "{365BF63A}"
            wrong | id                  | 365 | "365"
            null  | id                  | null | absent
            value | QID                 | "2X9280ba2e" | "2X9280ba2e"
            odd   | QID                 | "" | ""
            wrong | QID                 | 2E5 | "200000.0"
            null  | QID                 | null | absent
            value | GUID                | "6800e67e527f" | "6800e67e527f"
            odd   | GUID                | "6800E67E-527F" | "6800E67E-527F"
            wrong | GUID                | {"a":{}} | "{\\"a\\":{}}"
            null  | GUID                | null | absent
            value | sender              | "22432045@example.net" | "22432045@example.net"
            odd   | sender              | "" | ""
            wrong | sender              | ["s@example.net"] | "[\\"s@example.net\\"]"
            null  | sender              | null | absent
            value | senderIP            | "10.0.0.185" | "10.0.0.185"
            odd   | senderIP            | "::ffff:10.0.0.185" | "::ffff:10.0.0.185"
            wrong | senderIP            | 167772345 | "167772345"
            null  | senderIP            | null | absent
            value | messageID           | "<cba4@example.net>" | "<cba4@example.net>"
            odd   | messageID           | "" | ""
            wrong | messageID           | true | "true"
            null  | messageID           | null | absent
            """;

    private static final String DYNAMICS = """
            value | threatsInfoMap | [{"threatID":"b7","campaignID":null,"n":1.50}] | [{"threatID":"b7","campaignID":null,"n":1.5}]
            odd   | threatsInfoMap | [] | []
            wrong | threatsInfoMap | "text" | "text"
            null  | threatsInfoMap | null | absent
            value | messageParts   | [{"md5":"","sandboxStatus":null}] | [{"md5":"","sandboxStatus":null}]
            odd   | messageParts   | {"md5":"","nested":[[{"x":false}]]} | {"md5":"","nested":[[{"x":false}]]}
            wrong | messageParts   | 7 | 7
            null  | messageParts   | null | absent
            value | xmailer        | "Spambot v2.5" | "Spambot v2.5"
            odd   | xmailer        | "" | ""
            wrong | xmailer        | ["a",null] | ["a",null]
            null  | xmailer        | null | absent
            value | policyRoutes   | ["default_inbound","executives"] | ["default_inbound","executives"]
            odd   | policyRoutes   | "default_inbound" | ["default_inbound"]
            wrong | policyRoutes   | {"route":1} | {"route":1}
            null  | policyRoutes   | null | absent
            value | modulesRun     | ["av","spf"] | ["av","spf"]
            odd   | modulesRun     | [null,"av"] | [null,"av"]
            wrong | modulesRun     | true | true
            null  | modulesRun     | null | absent
            value | fromAddress    | ["f319@example.com"] | ["f319@example.com"]
            odd   | fromAddress    | "abc@example.com" | ["abc@example.com"]
            wrong | fromAddress    | 12 | 12
            null  | fromAddress    | null | absent
            value | ccAddresses    | ["c@example.org","d@example.org"] | ["c@example.org","d@example.org"]
            odd   | ccAddresses    | [] | []
            wrong | ccAddresses    | [1,{"a":"b"}] | [1,{"a":"b"}]
            null  | ccAddresses    | null | absent
            value | replyToAddress | ["r@example.com"] | ["r@example.com"]
            odd   | replyToAddress | "" | [""]
            wrong | replyToAddress | false | false
            null  | replyToAddress | null | absent
            value | toAddresses    | ["x@example.org"] | ["x@example.org"]
            odd   | toAddresses    | "😀 \\"x\\"@example.org" | ["😀 \\"x\\"@example.org"]
            wrong | toAddresses    | {} | {}
            null  | toAddresses    | null | absent
            value | recipient      | ["r0@example.org","r1@example.org"] | ["r0@example.org","r1@example.org"]
            odd   | recipient      | "r0@example.org" | ["r0@example.org"]
            wrong | recipient      | [["r0@example.org"]] | [["r0@example.org"]]
            null  | recipient      | null | absent
            """;

    static List<MappingCase> cases() {
        return MappingCase.parse(SCALARS + DYNAMICS);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyColumnOfAMessageTakesWhatTapSendsAndWhatItMightSend(MappingCase test) {
        for (String table : TABLES) {
            Mapping mapping = new Mapping(table);
            assertThat(mapping.only(test.column(), Mapping.untyped(test.value())))
                    .as(table)
                    .isEqualTo(test.expected());
            assertThat(mapping.lossy).isEqualTo(test.lossy() ? List.of(table + "/" + test.column()) : List.of());
            assertThat(mapping.unknown).isEmpty();
        }
    }

    @Test
    void theTableOfCasesHasAllFourKindsForEachColumn() {
        Set<String> covered =
                cases().stream().map(c -> c.column() + " " + c.kind()).collect(Collectors.toCollection(TreeSet::new));
        for (String table : TABLES) {
            Set<String> needed = TableSchema.of(table).columns().keySet().stream()
                    .filter(c -> !c.equals("TimeGenerated"))
                    .flatMap(c -> List.of(c + " value", c + " odd", c + " wrong", c + " null").stream())
                    .collect(Collectors.toCollection(TreeSet::new));
            assertThat(covered).as(table).isEqualTo(needed);
        }
    }
}
