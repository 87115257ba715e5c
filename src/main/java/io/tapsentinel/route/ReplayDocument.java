package io.tapsentinel.route;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import io.tapsentinel.tap.TapTime;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What a file turned out to be after it was read to its end once, before anything of it is sent: whole, and either an answer
 * of TAP or a rejected record. Holds one rejected record at most.
 *
 * @param queryEnd the end of the time that an answer is for; null when it does not tell
 * @param rejected the rejected document; null for an answer
 */
record ReplayDocument(Instant queryEnd, Map<String, Object> rejected) {

    /** Characters of one event; more than a hundred times what TAP sends, and one of them fits into memory. */
    static final long MOST = 8_000_000;

    private static final Set<String> REJECTED = Set.of("reason", "type", "key", "record");
    private static final ObjectReader MAP = new ObjectMapper(new JsonFactory())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .readerForMapOf(Object.class);

    /** @throws ReplayRefusedException when it is cut, no JSON, or holds an event that is too large to be one */
    static ReplayDocument of(ReplaySource source) {
        try (InputStream in = source.open();
                JsonParser parser = MAP.getFactory().createParser(in)) {
            Set<String> names = new HashSet<>();
            Instant queryEnd = parser.nextToken() == JsonToken.START_OBJECT ? members(parser, names) : skip(parser);
            if (parser.currentToken() == null || parser.nextToken() != null) {
                throw new ReplayRefusedException("the document is empty, cut or followed by something");
            }
            if (names.containsAll(REJECTED) && position(parser) > 2 * MOST) {
                throw new ReplayRefusedException(
                        "it is longer than " + 2 * MOST + " characters, which is no rejected record");
            }
            return new ReplayDocument(queryEnd, names.containsAll(REJECTED) ? read(source) : null);
        } catch (JsonProcessingException e) {
            // Jackson's own words quote the document
            long at = e.getLocation() == null ? -1 : e.getLocation().getByteOffset();
            throw new ReplayRefusedException("the document is cut or not JSON" + (at < 0 ? "" : " at byte " + at));
        } catch (IOException e) {
            throw new ReplayRefusedException(
                    "it cannot be read: " + e.getClass().getSimpleName());
        }
    }

    private static Instant members(JsonParser parser, Set<String> names) throws IOException {
        Instant queryEnd = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            if (REJECTED.contains(name)) {
                names.add(name);
            }
            JsonToken value = parser.nextToken();
            if (name.equals("queryEndTime")) {
                queryEnd = TapTime.parse(parser.getText()).orElse(null);
            }
            if (value == JsonToken.START_ARRAY) {
                while (parser.nextToken() != JsonToken.END_ARRAY && parser.currentToken() != null) {
                    skip(parser);
                }
            } else {
                skip(parser);
            }
        }
        return queryEnd;
    }

    /** Goes to the end of the value that begins here. */
    private static Instant skip(JsonParser parser) throws IOException {
        long from = position(parser);
        // skipChildren would come back only after all of it was unpacked
        for (int depth = depth(parser); depth > 0 && parser.nextToken() != null; depth += depth(parser)) {
            if (position(parser) - from > MOST) {
                throw new ReplayRefusedException(
                        "one value in it is longer than " + MOST + " characters, which is no event");
            }
        }
        return null;
    }

    private static int depth(JsonParser parser) {
        JsonToken token = parser.currentToken();
        return token == null ? 0 : token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
    }

    private static long position(JsonParser parser) {
        // one of them is -1, depending on the encoding
        return Math.max(
                parser.currentLocation().getByteOffset(),
                parser.currentLocation().getCharOffset());
    }

    private static Map<String, Object> read(ReplaySource source) throws IOException {
        try (InputStream in = source.open()) {
            return MAP.readValue(in);
        }
    }
}
