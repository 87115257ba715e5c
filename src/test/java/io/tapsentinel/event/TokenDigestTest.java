package io.tapsentinel.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When two unreadable elements count as the same. */
class TokenDigestTest {

    @Test
    void orderOfPartsDoesNotMatter() {
        List<String> parts = new ArrayList<>(IntStream.range(0, 40_000)
                .mapToObj(i -> "{\"md5\":\"" + i + "\",\"size\":00" + i + "}")
                .toList());
        String first = "{\"id\":1x,\"messageParts\":" + parts + "}";
        assertThat(first).hasSizeGreaterThan(1_000_000);
        Collections.shuffle(parts, new Random(7));

        assertThat(digest("{\"messageParts\":" + parts + ",\"id\":1x}")).isEqualTo(digest(first));
    }

    @Test
    void eachTokenAndItsNumberCounts() {
        List<String> different = List.of(
                "",
                "1",
                "11",
                "1 1",
                "1,1,1",
                "\"1\"",
                "\"1\",\"1\"",
                "\"1,1\"",
                "\"1\\\"\",1",
                "\u00FF",
                "[]",
                "[[]]",
                "{}");

        assertThat(different.stream().map(TokenDigestTest::digest).map(List::toString))
                .doesNotHaveDuplicates();
    }

    private static List<Byte> digest(String json) {
        List<Byte> bytes = new ArrayList<>();
        for (byte each : TokenDigest.of(json.getBytes(StandardCharsets.ISO_8859_1))) {
            bytes.add(each);
        }
        return bytes;
    }
}
