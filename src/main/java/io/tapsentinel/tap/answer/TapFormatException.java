package io.tapsentinel.tap.answer;

/** So many elements of an answer cannot be read that TAP must have changed its format. */
public class TapFormatException extends TapAnswerException {

    public TapFormatException(String message) {
        super(message);
    }
}
