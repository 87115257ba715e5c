package io.tapsentinel.tap.answer;

/** TAP's answer cannot be read to its end; the message says where and why, never with the answer's content. */
public class TapAnswerException extends RuntimeException {

    public TapAnswerException(String message) {
        super(message);
    }
}
