package io.tapsentinel.rejected;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.tapsentinel.sentinel.batch.RejectedRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Description of a rejected document, from its name and the members before the record.
 *
 * @param stream name of the record's array, or {@code answer}
 * @param key    its identity, 32 hexadecimal digits; for an answer its window
 * @param reason why it was rejected
 * @param code   code of Sentinel's refusal; empty if nothing was sent
 * @param time   when it was stored; empty if unknown
 * @param file   name of the file
 */
public record RejectedFile(String stream, String key, String reason, String code, String time, String file) {

    private static final JsonFactory JSON = new JsonFactory();
    private static final Pattern PARTS =
            Pattern.compile("(.*)-([0-9a-f]{32})(-[0-9a-f]{16})?-" + RejectedRecord.Reason.WORDS + "\\.json");
    /** The stream of an unreadable answer. */
    private static final String ANSWER = "answer";
    /** Other text is not shown: a service's text may quote a record, and the file may have been edited. */
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    private static final Pattern TIME = Pattern.compile("[0-9TZ:.+-]{1,40}");

    /** Whether it is an unreadable answer, whose key is its window. */
    public boolean isAnswer() {
        return stream.equals(ANSWER) && reason.equals("unreadable");
    }

    /** Whether another event has the same key and the plain name. */
    public boolean isOtherMessage() {
        return !file.startsWith(stream + "-" + key + "-" + reason);
    }

    /** Whether this program gave the file its name, and the file is complete. */
    public static boolean isDocument(Path file) {
        String name = file.getFileName().toString();
        return !name.startsWith(".") && RejectedDocument.NAME.matcher(name).matches();
    }

    /** Describes a file for which {@link #isDocument} holds; unreadable values are empty. */
    public static RejectedFile of(Path file) {
        String name = file.getFileName().toString();
        Matcher parts = PARTS.matcher(name);
        if (!parts.matches()) {
            Matcher answer = RejectedDocument.ANSWER.matcher(name);
            if (!answer.matches()) {
                throw new IllegalArgumentException("no document: " + name);
            }
            // only its name is ours, and it may be long
            return new RejectedFile(ANSWER, answer.group(1), "unreadable", "", "", name);
        }
        String code = "";
        String time = "";
        try (JsonParser json = JSON.createParser(file.toFile())) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME
                    && !json.currentName().equals("record")) {
                String field = json.currentName();
                boolean text = json.nextToken() == JsonToken.VALUE_STRING;
                code = text && field.equals("code") ? only(WORD, json.getText()) : code;
                time = text && field.equals("time") ? only(TIME, json.getText()) : time;
                json.skipChildren();
            }
        } catch (IOException unreadable) {
            // its name suffices
        }
        return new RejectedFile(parts.group(1), parts.group(2), parts.group(4), code, time, name);
    }

    private static String only(Pattern pattern, String text) {
        return pattern.matcher(text).matches() ? text : "...";
    }
}
