package io.tapsentinel.sentinel.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.tapsentinel.event.EventType;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Conversion of each column's values. Lines are {@code kind
 * column
 * value as JSON
 * expected JSON}. The kind is value, odd (an odd spelling), wrong (a wrong type) or null. "absent" means that the
 * record lacks the column, {@code !} that the value is reported as lossy.
 */
class ColumnMappingTest {

    private static final String CLICKS = """
            value | url            | "https://a.example.com/b?c=d&e" | "https://a.example.com/b?c=d&e"
            odd   | url            | "https:\\/\\/a.example.com\\/\\u00fc" | "https://a.example.com/ü"
            wrong | url            | ["https://a.example.com",null] | !"[\\"https://a.example.com\\",null]"
            null  | url            | null | absent
            value | classification | "phish" | "phish"
            odd   | classification | "MALWARE" | "MALWARE"
            wrong | classification | true | "true"
            null  | classification | null | absent
            value | clickTime      | "2026-11-20T08:30:00.000Z" | "2026-11-20T08:30:00Z"
            odd   | clickTime      | " 2026-11-20T09:30:00.250+01:00 " | "2026-11-20T08:30:00.250Z"
            odd   | clickTime      | "2026-11-28T19:17:44.000+0000" | "2026-11-28T19:17:44Z"
            odd   | clickTime      | "2026-11-28 19:17:44,25" | "2026-11-28T19:17:44.250Z"
            odd   | clickTime      | 1795893464000 | "2026-11-28T19:17:44Z"
            odd   | clickTime      | "1795893464000" | "2026-11-28T19:17:44Z"
            wrong | clickTime      | 1795163400 | !absent
            null  | clickTime      | null | absent
            value | threatTime     | "2026-11-20T10:30:37.123Z" | "2026-11-20T10:30:37.123Z"
            odd   | threatTime     | "2026-11-20T10:30:37" | "2026-11-20T10:30:37Z"
            wrong | threatTime     | "yesterday" | !absent
            null  | threatTime     | null | absent
            value | userAgent      | "Mozilla/5.0 (X11)" | "Mozilla/5.0 (X11)"
            odd   | userAgent      | "tab\\there \\"q\\" \\\\ \\u0007" | "tab\\there \\"q\\" \\\\ \\u0007"
            wrong | userAgent      | {"name":"x","v":[1,2.50]} | "{\\"name\\":\\"x\\",\\"v\\":[1,2.5]}"
            null  | userAgent      | null | absent
            value | campaignId     | "01d66821-4bd2" | "01d66821-4bd2"
            odd   | campaignId     | "" | ""
            wrong | campaignId     | 7 | "7"
            null  | campaignId     | null | absent
            value | id             | "7bc25c58-78b9" | "7bc25c58-78b9"
            odd   | id             | " 7BC25C58 " | " 7BC25C58 "
            wrong | id             | 12345678901234567890 | "12345678901234567890"
            null  | id             | null | absent
            value | clickIP        | "10.1.2.3" | "10.1.2.3"
            odd   | clickIP        | "2001:DB8::1" | "2001:DB8::1"
            odd   | clickIP        | ["10.1.2.3"] | "10.1.2.3"
            wrong | clickIP        | ["10.1.2.3","10.1.2.4"] | !"[\\"10.1.2.3\\",\\"10.1.2.4\\"]"
            null  | clickIP        | null | absent
            value | sender         | "a@example.net" | "a@example.net"
            odd   | sender         | "" | ""
            wrong | sender         | false | "false"
            null  | sender         | null | absent
            value | recipient      | "b@example.org" | "b@example.org"
            odd   | recipient      | "Ünïcode ☃ 😀 <b@example.org>" | "Ünïcode ☃ 😀 <b@example.org>"
            odd   | recipient      | ["b@example.org"] | "b@example.org"
            wrong | recipient      | ["b@example.org","c@example.org"] | !"[\\"b@example.org\\",\\"c@example.org\\"]"
            null  | recipient      | null | absent
            value | senderIP       | "10.1.2.4" | "10.1.2.4"
            odd   | senderIP       | "10.001.002.004" | "10.001.002.004"
            wrong | senderIP       | 10.1 | "10.1"
            null  | senderIP       | null | absent
            value | GUID           | "31f9a5b8f1df" | "31f9a5b8f1df"
            odd   | GUID           | "31F9-A5B8\\n" | "31F9-A5B8\\n"
            wrong | GUID           | {} | "{}"
            null  | GUID           | null | absent
            value | threatID       | "c104ec5f" | "c104ec5f"
            odd   | threatID       | "na" | "na"
            wrong | threatID       | [] | "[]"
            null  | threatID       | null | absent
            value | threatURL      | "https://threatinsight.proofpoint.com/c2" | "https://threatinsight.proofpoint.com/c2"
            odd   | threatURL      | "//x" | "//x"
            wrong | threatURL      | -0.5 | "-0.5"
            null  | threatURL      | null | absent
            value | threatStatus   | "active" | "active"
            odd   | threatStatus   | "falsePositive" | "falsePositive"
            wrong | threatStatus   | 0 | "0"
            null  | threatStatus   | null | absent
            value | messageID      | "<4ac7@example.net>" | "<4ac7@example.net>"
            odd   | messageID      | "" | ""
            odd   | messageID      | [7] | "7"
            odd   | messageID      | [null] | absent
            wrong | messageID      | [["x"]] | !"[[\\"x\\"]]"
            null  | messageID      | null | absent
            """;

    private static final String MESSAGES = """
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
            wrong | subject             | ["a","b"] | !"[\\"a\\",\\"b\\"]"
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
            wrong | headerFrom          | [{"a":"b"}] | !"[{\\"a\\":\\"b\\"}]"
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
            odd   | sender              | ["s@example.net"] | "s@example.net"
            wrong | sender              | ["s@example.net",1] | !"[\\"s@example.net\\",1]"
            null  | sender              | null | absent
            value | senderIP            | "10.0.0.185" | "10.0.0.185"
            odd   | senderIP            | "::ffff:10.0.0.185" | "::ffff:10.0.0.185"
            wrong | senderIP            | 167772345 | "167772345"
            null  | senderIP            | null | absent
            value | messageID           | "<cba4@example.net>" | "<cba4@example.net>"
            odd   | messageID           | "" | ""
            wrong | messageID           | true | "true"
            null  | messageID           | null | absent
            value | threatsInfoMap | [{"threatID":"b7","campaignID":null,"n":1.50}] | [{"threatID":"b7","campaignID":null,"n":1.5}]
            odd   | threatsInfoMap | [] | []
            odd   | threatsInfoMap | [{"threatId":"b7"},"b8",null] | [{"threatId":"b7"},"b8",null]
            odd   | threatsInfoMap | [{"threatID":"b7","threatId":"b7"}] | [{"threatID":"b7"}]
            odd   | threatsInfoMap | [{"threatTime":" 2026-11-28T19:17:44.000Z"}] | [{"threatTime":" 2026-11-28T19:17:44.000Z"}]
            odd   | threatsInfoMap | [{"threatTime":"2026-11-28 19:17:44","n":1}] | [{"threatTime":"2026-11-28T19:17:44Z","n":1}]
            odd   | threatsInfoMap | [{"threatTime":1795893464000}] | [{"threatTime":"2026-11-28T19:17:44Z"}]
            wrong | threatsInfoMap | [{"threatTime":"soon"},{"threatTime":null}] | ![{"threatTime":"soon"},{"threatTime":null}]
            wrong | threatsInfoMap | [{"threatID":"b7","threatId":"b8","campaignID":"","campaignId":"c"}] | ![{"threatID":"b7","campaignID":""}]
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

    private record Case(String kind, String column, String value, String expected, boolean lossy) {

        static Case of(String line) {
            String[] parts = line.split("\\s*\\|\\s*");
            assertThat(parts).as(line).hasSize(4);
            boolean lossy = parts[3].startsWith("!");
            return new Case(parts[0], parts[1], parts[2], parts[3].substring(lossy ? 1 : 0), lossy);
        }
    }

    private static List<Case> cases(EventType type) {
        return (type.isClick() ? CLICKS : MESSAGES).lines().map(Case::of).toList();
    }

    static Stream<Arguments> cases() {
        return Arrays.stream(EventType.values())
                .flatMap(type -> cases(type).stream().map(test -> arguments(type.table(), test)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyColumnConvertsItsValues(String table, Case test) {
        Mapping mapping = new Mapping(table);

        assertThat(mapping.only(test.column(), Mapping.untyped(test.value()))).isEqualTo(test.expected());
        assertThat(mapping.lossy).isEqualTo(test.lossy() ? List.of(table + "/" + test.column()) : List.of());
        assertThat(mapping.unknown).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void casesCoverAllFourKindsOfEachColumn(EventType type) {
        Set<String> covered = cases(type).stream()
                .map(test -> test.column() + " " + test.kind())
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> needed = TableSchema.of(type.table()).columns().keySet().stream()
                .filter(column -> !column.equals("TimeGenerated"))
                .flatMap(column -> Stream.of("value", "odd", "wrong", "null").map(kind -> column + " " + kind))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(covered)
                .as("a new column needs a line of each kind in CLICKS or MESSAGES")
                .containsExactlyInAnyOrderElementsOf(needed);
    }
}
