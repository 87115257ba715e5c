package io.tapsentinel.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Events that differ in content only, and the bytes that represent text in a digest. */
class ContentIdentityTest {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'toAddresses':['a','b']}            | {'toAddresses':['b','a']}",
                "{'recipient':'a'}                    | {'recipient':['a']}",
                "{'fromAddress':null}                 | {'fromAddress':[]}",
                "{'subject':null}                     | {}",
                "{'x':{'a':1,'b':[1,{'c':2}]}}        | {'x':{'b':[{'c':2},1],'a':1}}",
                "{'x':{'spamScore':1,'y':[{'threatStatus':'a'}]}} | {'x':{'y':[{'threatStatus':'b'}]}}",
                "{'messageParts':[{'md5':'1','sandboxStatus':null},{'md5':'2'}]} | {'messageParts':[{'md5':'2'},{'md5':'1','sandboxStatus':'THREAT'}]}",
                "{'threatsInfoMap':[{'threatID':'1','threatType':'url','actors':[]},{'threatID':'2'}]} | {'threatsInfoMap':[{'threatID':'2'},{'threatID':'1'}]}",
                "{'messageTime':'2026-11-20T10:00:00Z'} | {'messageTime':'2026-11-20 10:00:00.000'}",
            })
    void fieldsThatAreNotPartOfTheIdentity(String one, String other) throws Exception {
        assertThat(key(one)).isEqualTo(key(other));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'x':['a','b']}             | {'x':'a,b'}",
                "{'x':['a','b']}             | {'x':['a,b']}",
                "{'x':['a','b']}             | {'x':'[a, b]'}",
                "{'x':['a','a']}             | {'x':['a']}",
                "{'x':[['a'],['b']]}         | {'x':[['a','b']]}",
                "{'x':[['a'],'b']}           | {'x':['a',['b']]}",
                "{'x':{'a':'b'}}             | {'x':{'b':'a'}}",
                "{'x':{'a':'b'}}             | {'x':['a','b']}",
                "{'x':{'a':'b','c':'d'}}     | {'x':[{'a':'b'},{'c':'d'}]}",
                "{'x':{'a':'b','c':'d'}}     | {'x':{'a':'d','c':'b'}}",
                "{'x':[null]}                | {'x':['null']}",
                "{'x':[null]}                | {'x':[null,null]}",
                "{'x':'a'}                   | {'y':'a'}",
                "{'x':1.0}                   | {'x':1.00}",
                "{'x':'a'}                   | {'x':['a']}",
                "{'threatsInfoMap':[{'threatID':'1'}]} | {'threatsInfoMap':[{'threatID':'2'}]}",
                "{'recipient':['a','b']}     | {'recipient':['a']}",
                "{'messageParts':[{'md5':'1'}]} | {'messageParts':[{'md5':'2'}]}",
            })
    void fieldsThatArePartOfTheIdentity(String one, String other) throws Exception {
        assertThat(key(one)).isNotEqualTo(key(other));
    }

    @Test
    void anyNestingDepthCanBeDigested() {
        List<EventKey> keys = new ArrayList<>();
        for (String innermost : new String[] {"a", "b"}) {
            Object value = innermost;
            for (int i = 0; i < 30_000; i++) {
                value = i % 2 == 0 ? List.of(value) : Map.of("x", value);
            }
            keys.add(EventIdentity.of(EventType.MESSAGES_BLOCKED, Map.of("deep", value)));
            keys.add(EventIdentity.of(EventType.MESSAGES_BLOCKED, Map.of("recipient", List.of(value))));
            keys.add(EventIdentity.of(EventType.CLICKS_BLOCKED, Map.of("GUID", "g", "recipient", List.of(value))));
        }
        assertThat(keys).doesNotHaveDuplicates();
    }

    @Test
    void differentTextsHaveDifferentBytes() {
        requireEveryTextItsOwnBytes(EventIdentity::bytes);
    }

    @Test
    void wellFormedTextIsDigestedAsBefore() {
        for (String text : new String[] {"", "id-1", "ü€\ud83d\ude00", "\uffff\u0000", "\ufffd?"}) {
            assertThat(EventIdentity.bytes(text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Mistakes that the uniqueness test must find. */
    @ParameterizedTest
    @CsvSource({"?", "\ufffd"})
    void replacedSurrogatesAreDetected(String replacement) {
        assertThatThrownBy(() -> requireEveryTextItsOwnBytes(
                        text -> text.replaceAll("[\ud800-\udfff]", replacement).getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(AssertionError.class);
    }

    private static void requireEveryTextItsOwnBytes(Function<String, byte[]> bytes) {
        List<String> texts =
                new ArrayList<>(List.of("a\ud800", "a\ud801", "a?", "a\ufffd", "a\udc00", "a\ud83d\ude00"));
        texts.addAll(List.of("\ude00\ud83d", "a\ud83d", "\ud83d\ud83d\ude00", "\ud83d\ude00\ude00", "aí\u00a0\u0080"));
        Random random = new Random(7);
        int[] units = {'a', '?', 0xed, 0xa0, 0x80, 0xfffd, 0xd800, 0xd801, 0xdbff, 0xdc00, 0xdc01, 0xdfff};
        IntStream.range(0, 20_000)
                .mapToObj(i -> random.ints(1 + random.nextInt(4), 0, units.length)
                        .mapToObj(unit -> String.valueOf((char) units[unit]))
                        .reduce("", String::concat))
                .distinct()
                .filter(text -> !texts.contains(text))
                .forEach(texts::add);
        Map<String, String> found = new HashMap<>();
        texts.forEach(text -> {
            String before = found.put(HexFormat.of().formatHex(bytes.apply(text)), text);
            assertThat(before).as("the bytes of another text").isNull();
        });
    }

    @Test
    void idsThatDifferInAnUnpairedSurrogateAreDifferent() {
        assertThat(List.of("a\ud800", "a\ud801", "a?", "a\ufffd").stream()
                        .map(id -> EventIdentity.of(EventType.MESSAGES_BLOCKED, Map.of("id", id)))
                        .distinct())
                .hasSize(4);
    }

    private static EventKey key(String json) throws Exception {
        @SuppressWarnings("unchecked")
        Map<String, Object> fields = JSON.readValue(json.replace('\'', '"'), Map.class);
        return EventIdentity.of(EventType.MESSAGES_BLOCKED, fields);
    }
}
