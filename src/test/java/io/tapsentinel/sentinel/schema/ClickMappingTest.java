package io.tapsentinel.sentinel.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ClickMappingTest {

    private static final List<String> TABLES =
            List.of("ProofPointTAPClicksPermittedV2_CL", "ProofPointTAPClicksBlockedV2_CL");

    private static final String CASES = """
            value | url            | "https://a.example.com/b?c=d&e" | "https://a.example.com/b?c=d&e"
            odd   | url            | "https:\\/\\/a.example.com\\/\\u00fc" | "https://a.example.com/ü"
            wrong | url            | ["https://a.example.com",null] | "[\\"https://a.example.com\\",null]"
            null  | url            | null | absent
            value | classification | "phish" | "phish"
            odd   | classification | "MALWARE" | "MALWARE"
            wrong | classification | true | "true"
            null  | classification | null | absent
            value | clickTime      | "2026-11-20T08:30:00.000Z" | "2026-11-20T08:30:00Z"
            odd   | clickTime      | " 2026-11-20T09:30:00.250+01:00 " | "2026-11-20T08:30:00.250Z"
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
            wrong | clickIP        | ["10.1.2.3"] | "[\\"10.1.2.3\\"]"
            null  | clickIP        | null | absent
            value | sender         | "a@example.net" | "a@example.net"
            odd   | sender         | "" | ""
            wrong | sender         | false | "false"
            null  | sender         | null | absent
            value | recipient      | "b@example.org" | "b@example.org"
            odd   | recipient      | "Ünïcode ☃ 😀 <b@example.org>" | "Ünïcode ☃ 😀 <b@example.org>"
            wrong | recipient      | ["b@example.org","c@example.org"] | "[\\"b@example.org\\",\\"c@example.org\\"]"
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
            wrong | messageID      | [["x"]] | "[[\\"x\\"]]"
            null  | messageID      | null | absent
            """;

    static List<MappingCase> cases() {
        return MappingCase.parse(CASES);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyColumnOfAClickTakesWhatTapSendsAndWhatItMightSend(MappingCase test) {
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
