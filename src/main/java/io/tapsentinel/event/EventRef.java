package io.tapsentinel.event;

/** Identifies an event without its content, so it may be kept after the event is settled. */
public record EventRef(EventType type, EventKey key) {}
