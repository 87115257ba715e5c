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
 * What a rejected document says of itself, read up to the record, of which nothing is looked at.
 *
 * @param stream name of the array that the record stood in, or {@code answer}
 * @param key    its identity, 32 hexadecimal digits; the window of an answer
 * @param reason why it lies there
 * @param code   what Sentinel's refusal was called; empty when it was not asked
 * @param time   when it was stored; empty when the document does not tell
 * @param file   name of the file
 */
public record RejectedFile(String stream, String key, String reason, String code, String time, String file) {

    private static final JsonFactory JSON = new JsonFactory();
    private static final Pattern PARTS =
            Pattern.compile("(.*)-([0-9a-f]{32})(-[0-9a-f]{16})?-" + RejectedRecord.Reason.WORDS + "\\.json");
    /** What stands for a stream when the document is an answer of TAP's as a whole. */
    private static final String ANSWER = "answer";
    /** Nothing else is shown, since a service's own words may quote a record, and a person may have edited the file. */
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    private static final Pattern TIME = Pattern.compile("[0-9TZ:.+-]{1,40}");

    /** Whether it is an answer as a whole, whose key is its window. */
    public boolean isAnswer() {
        return stream.equals(ANSWER) && reason.equals("unreadable");
    }

    /** Whether another event has its key, too, and the plain name. */
    public boolean isOtherMessage() {
        return !file.startsWith(stream + "-" + key + "-" + reason);
    }

    /** Whether the program gave this name to a document that is there whole. */
    public static boolean isDocument(Path file) {
        String name = file.getFileName().toString();
        return !name.startsWith(".") && RejectedDocument.NAME.matcher(name).matches();
    }

    /** Of a file that {@link #isDocument}; what cannot be read is empty. */
    public static RejectedFile of(Path file) {
        String name = file.getFileName().toString();
        Matcher parts = PARTS.matcher(name);
        if (!parts.matches()) {
            Matcher answer = RejectedDocument.ANSWER.matcher(name);
            if (!answer.matches()) {
                throw new IllegalArgumentException("no document: " + name);
            }
            // it may be long, and nothing but its name is ours
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
            // its name tells enough
        }
        return new RejectedFile(parts.group(1), parts.group(2), parts.group(4), code, time, name);
    }

    private static String only(Pattern pattern, String text) {
        return pattern.matcher(text).matches() ? text : "...";
    }
}
