package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedRun;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Identity is never lenient: two events that differ only in leniently read text both land. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OddIdentitiesIT extends SimulatedRun {

    private RunningProgram program;
    private int pairs;

    @BeforeAll
    void start() {
        program = services.start();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("readLeniently")
    void eventsThatDifferOnlyInLenientlyReadTextStayDistinct(String what, String one, String other) {
        assertTwo(one, other);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("halves")
    void eventsThatDifferOnlyInHalfASurrogatePairStayDistinct(String what, String one, String other) {
        assertTwo(one, other);
    }

    /** A character is one byte; ' is a quote, @ is unique to the pair. */
    static List<String[]> readLeniently() {
        String deep = "[".repeat(9_000) + "]".repeat(9_000);
        String time = "'messageTime':'2026-11-20T11:30:00Z'";
        return List.of(
                pair("a byte that is not UTF-8 in an id", "{'id':'@\u00e9'}", "{'id':'@\u00e8'}"),
                pair("an overlong byte in an id", "{'id':'@\u00c0\u00af'}", "{'id':'@\u00c0\u00ae'}"),
                pair("half a pair as raw UTF-8", "{'id':'@\u00ed\u00a0\u0080'}", "{'id':'@\u00ed\u00a0\u0081'}"),
                pair("a bad byte and U+FFFD", "{'id':'@\u00e9'}", "{'id':'@\\ufffd'}"),
                pair("an odd escape and the letter", "{'id':'@\\q'}", "{'id':'@q'}"),
                pair("digits that are none", "{'id':'@\\u12G4'}", "{'id':'@\\ufffd12G4'}"),
                pair("an escape at the end", "{'id':'@\\u'}", "{'id':'@\\ufffd'}"),
                pair("a raw tab and its escape", "{'id':'@\t'}", "{'id':'@\\t'}"),
                pair("NaN and its text", "{'id':NaN,'GUID':'@'}", "{'id':'NaN','GUID':'@'}"),
                pair("a GUID", "{'GUID':'@\u00e9'," + time + "}", "{'GUID':'@\u00e8'," + time + "}"),
                pair("a time", "{'GUID':'@','messageTime':'\u00e9'}", "{'GUID':'@','messageTime':'\u00e8'}"),
                pair("a recipient", "{'GUID':'@','recipient':['\u00e9']}", "{'GUID':'@','recipient':['\u00e8']}"),
                pair("neither id nor GUID", "{'QID':'@','subject':'\u00e9'}", "{'QID':'@','subject':'\u00e8'}"),
                pair("9,000 levels and their text", "{'id':['@'," + deep + "]}", "{'id':'[\\'@\\'," + deep + "]'}"),
                pair(
                        "neither id nor GUID, 9,000 levels",
                        "{'QID':'@','x':" + deep + "}",
                        "{'QID':'@','x':[" + deep + "]}"),
                pair("a name, with neither id nor GUID", "{'QID':'@','n\u00e9':1}", "{'QID':'@','n\u00e8':1}"));
    }

    /** The escape of one half is valid JSON, but UTF-8 cannot represent it. */
    static List<String[]> halves() {
        return List.of(
                pair("half a pair as an escape", "{'id':'@\\ud800'}", "{'id':'@\\ud801'}"),
                pair("half a pair and a question mark", "{'id':'@\\udc00'}", "{'id':'@?'}"),
                pair(
                        "a recipient, as half a pair",
                        "{'GUID':'@','recipient':['\\ud800']}",
                        "{'GUID':'@','recipient':['\\ud801']}"));
    }

    private static String[] pair(String... pair) {
        return pair;
    }

    private void assertTwo(String one, String other) {
        String own = "pair" + ++pairs;
        String events = String.join(",", one, other, one).replace('\'', '"').replace("@", own);
        services.tapProxy()
                .rewrite(body -> ("{\"messagesBlocked\":[" + events + "]}").getBytes(StandardCharsets.ISO_8859_1));
        int rows = services.rows().size();

        poll();
        assertThat(services.rows().size() - rows).isEqualTo(2);

        poll();
        assertThat(services.rows().size() - rows).as("after the second read").isEqualTo(2);
        assertThat(log.lines()).noneMatch(line -> line.contains(own));
    }

    private void poll() {
        services.clock().advance(Duration.ofMinutes(5));
        program.poll();
    }
}
