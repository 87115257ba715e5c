package io.tapsentinel.sentinel.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.sentinel.schema.RecordMapper.MappedRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values of exactly 65,536 bytes as sent, and just above. */
class CappingTest {

    private final Mapping messages = new Mapping(Mapping.MESSAGES);

    @Test
    void stringOf65536BytesIsNotCut() {
        String longest = "a".repeat(65_536);
        MappedRecord mapped = messages.map(Map.of("subject", longest));
        assertThat(Mapping.tree(mapped.json()).get("subject").textValue()).isEqualTo(longest);
        assertThat(mapped.cappedColumns()).isEmpty();
    }

    @Test
    void stringOf65537BytesIsCutAndSaysHowMuch() {
        MappedRecord mapped = messages.map(Map.of("subject", "a".repeat(65_537)));
        assertThat(Mapping.tree(mapped.json()).get("subject").textValue())
                .isEqualTo("a".repeat(65_507) + "...[cut 30 of 65537 bytes]");
        assertThat(mapped.cappedColumns()).containsExactly("subject");
        assertThat(messages.lossy).isEmpty();
    }

    /** The mark needs at most 29 bytes and leaves 65,507: the character at this limit is kept or dropped whole. */
    @ParameterizedTest
    @CsvSource(textBlock = """
            # character as JSON | bytes as sent | letters before it | whether it is kept
            '\\"'      | 2 | 65505 | true
            '\\"'      | 2 | 65506 | false
            '\\\\'     | 2 | 65505 | true
            '\\\\'     | 2 | 65506 | false
            '\\u0001'  | 6 | 65501 | true
            '\\u0001'  | 6 | 65502 | false
            '\\u0001'  | 6 | 65506 | false
            'ü'        | 2 | 65505 | true
            'ü'        | 2 | 65506 | false
            '☃'        | 3 | 65504 | true
            '☃'        | 3 | 65505 | false
            '😀'       | 4 | 65503 | true
            '😀'       | 4 | 65504 | false
            '😀'       | 4 | 65506 | false
            '\\ud83d'  | 3 | 65504 | true
            '\\ud83d'  | 3 | 65505 | false
            """, delimiter = '|')
    void cutNeverSplitsACharacter(String json, int bytes, int letters, boolean kept) {
        String character = (String) Mapping.untyped('"' + json + '"');
        String value = "a".repeat(letters) + character + "b".repeat(1000);
        int total = letters + bytes + 1000;
        String text = Mapping.tree(messages.map(Map.of("subject", value)).json())
                .get("subject")
                .textValue();
        String shown = character.equals("\ud83d") ? "\ufffd" : character;
        String start = kept ? "a".repeat(letters) + shown + "b".repeat(65_507 - letters - bytes) : "a".repeat(letters);
        int cut = total - (kept ? 65_507 : letters);
        assertThat(text).isEqualTo(start + "...[cut " + cut + " of " + total + " bytes]");
    }

    @Test
    void escapesCountInTheSizeAsSent() {
        assertThat(messages.map(Map.of("subject", "\"".repeat(32_768))).cappedColumns())
                .isEmpty();
        assertThat(messages.map(Map.of("subject", "\"".repeat(32_768) + "a")).cappedColumns())
                .containsExactly("subject");
        assertThat(messages.map(Map.of("subject", "😀".repeat(16_384))).cappedColumns())
                .isEmpty();
        assertThat(messages.map(Map.of("subject", "😀".repeat(16_384) + "a")).cappedColumns())
                .containsExactly("subject");
    }

    @Test
    void emojiAreNeverSplit() {
        for (int letters = 0; letters < 4; letters++) {
            String text = "a".repeat(letters) + "😀".repeat(20_000);
            String cut = Mapping.tree(messages.map(Map.of("subject", text)).json())
                    .get("subject")
                    .textValue();
            assertThat(cut).matches("a{" + letters + "}(😀)+\\.\\.\\.\\[cut \\d+ of " + (80_000 + letters) + " bytes]");
            assertThat(cut.getBytes(StandardCharsets.UTF_8)).hasSizeBetween(65_530, 65_536);
        }
    }

    @Test
    void dynamicStringIsCutLikeAString() {
        String text = messages.only("xmailer", "x".repeat(70_000));
        assertThat(text).isEqualTo('"' + "x".repeat(65_507) + "...[cut 4493 of 70000 bytes]\"");
    }

    @Test
    void nestedValueInAStringColumnIsCutAsText() {
        String text = messages.only("subject", List.of("x".repeat(70_000), 1));
        assertThat(text).isEqualTo("\"[\\\"" + "x".repeat(65_504) + "...[cut 4501 of 70008 bytes]\"");
    }

    @Test
    void listOf65536BytesIsNotCut() {
        // [ + 6,553 elements of 10 bytes, including commas, + 5 bytes for the last one + ]; less one comma
        List<String> full = new ArrayList<>(Collections.nCopies(6553, "1234567"));
        full.add("12");
        assertThat(messages.only("recipient", full)).hasSize(65_536).endsWith(",\"1234567\",\"12\"]");
        full.set(6553, "123");
        assertThat(messages.only("recipient", full))
                .hasSizeLessThanOrEqualTo(65_536)
                .endsWith(",\"1234567\",\"{\\\"tapSentinelCut\\\":{\\\"kept\\\":6548,\\\"of\\\":6554}}\"]");
    }

    @Test
    void cutListKeepsItsFirstElementsAndEndsInAString() {
        List<String> addresses = List.of("a".repeat(30_000), "b".repeat(30_000), "c".repeat(6_000), "d");
        MappedRecord mapped = messages.map(Map.of("toAddresses", addresses));
        var list = Mapping.tree(mapped.json()).get("toAddresses");
        assertThat(list).hasSize(3);
        assertThat(list.get(1).textValue()).isEqualTo("b".repeat(30_000));
        assertThat(list.get(2).textValue()).isEqualTo("{\"tapSentinelCut\":{\"kept\":2,\"of\":4}}");
        assertThat(mapped.cappedColumns()).containsExactly("toAddresses");
    }

    @Test
    void cutArrayOfObjectsEndsInAnObject() {
        List<Map<String, String>> threats = Collections.nCopies(100, Map.of("threat", "t".repeat(987)));
        assertThat(messages.only("threatsInfoMap", threats))
                .hasSizeBetween(64_500, 65_536)
                .endsWith("tt\"},{\"tapSentinelCut\":{\"kept\":65,\"of\":100}}]");
    }

    @Test
    void arrayOfStringsInAnyDynamicColumnEndsInAString() {
        assertThat(messages.only("messageParts", List.of("a", "b".repeat(70_000))))
                .isEqualTo("[\"a\",\"{\\\"tapSentinelCut\\\":{\\\"kept\\\":1,\\\"of\\\":2}}\"]");
    }

    @Test
    void tooLongFirstElementLeavesOnlyTheMark() {
        assertThat(messages.only("recipient", "a".repeat(65_536)))
                .isEqualTo("[\"{\\\"tapSentinelCut\\\":{\\\"kept\\\":0,\\\"of\\\":1}}\"]");
        assertThat(messages.only("messageParts", List.of(Map.of("filename", "f".repeat(65_536)))))
                .isEqualTo("[{\"tapSentinelCut\":{\"kept\":0,\"of\":1}}]");
    }

    @Test
    void tooLargeAnObjectIsReplaced() {
        String fits = messages.only("messageParts", Map.of("k", "v".repeat(65_528)));
        assertThat(fits).hasSize(65_536).startsWith("{\"k\":\"v");
        assertThat(messages.only("messageParts", Map.of("k", "v".repeat(65_529))))
                .isEqualTo("{\"tapSentinelCut\":{\"kept\":0,\"of\":1}}");
    }

    @Test
    void cappedColumnsAreNamedInTheOrderOfTheSchema() {
        String big = "x".repeat(70_000);
        MappedRecord mapped = messages.map(Map.of("recipient", big, "subject", big, "xmailer", "small", "GUID", big));
        assertThat(mapped.cappedColumns()).containsExactly("subject", "GUID", "recipient");
    }
}
