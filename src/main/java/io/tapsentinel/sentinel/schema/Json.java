package io.tapsentinel.sentinel.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.databind.ser.std.DateSerializer;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.text.SimpleDateFormat;
import java.time.temporal.Temporal;
import java.util.Date;
import java.util.Optional;
import java.util.TimeZone;

/** Converts Java values to JSON. Times become ISO 8601, bytes Base64. */
public final class Json {

    /** Jackson writes 1,000 levels, including the row, and refuses the whole row beyond that. */
    private static final int MAX_DEPTH = 999;

    private static final byte[] REPLACEMENT = "\ufffd".getBytes(StandardCharsets.UTF_8);

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .defaultDateFormat(new SimpleDateFormat("yyyy-MM-dd'T'HH:mm:ss.SSSX"))
            .defaultTimeZone(TimeZone.getTimeZone("UTC"))
            // otherwise Jackson writes java.sql.Date as a day
            .addModule(new SimpleModule()
                    .addSerializer(Date.class, DateSerializer.instance)
                    .addSerializer(Temporal.class, ToStringSerializer.instance))
            .build();

    private Json() {}

    /**
     * Any value as a tree.
     *
     * @throws RuntimeException if Jackson cannot convert it or it is nested too deep
     * @throws StackOverflowError if it contains itself
     */
    public static JsonNode tree(Object value) {
        if (value instanceof String text) {
            return TextNode.valueOf(text);
        }
        JsonNode tree = MAPPER.valueToTree(value instanceof Optional<?> optional ? optional.orElse(null) : value);
        if (depth(tree) > MAX_DEPTH) {
            throw new IllegalArgumentException("nested too deep");
        }
        return tree;
    }

    /**
     * The JSON in UTF-8. Unpaired surrogates become U+FFFD. Uses an encoder, since Jackson's UTF-8 writer refuses them
     * and escapes pairs.
     */
    static byte[] utf8(JsonNode tree) {
        CharsetEncoder encoder = StandardCharsets.UTF_8
                .newEncoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .replaceWith(REPLACEMENT);
        ByteArrayOutputStream out = new ByteArrayOutputStream(4096);
        try {
            MAPPER.writeValue(new OutputStreamWriter(out, encoder), tree);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static int depth(JsonNode tree) {
        int deepest = 0;
        for (JsonNode child : tree) {
            deepest = Math.max(deepest, depth(child));
        }
        return deepest + 1;
    }
}
