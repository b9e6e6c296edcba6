import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';

import { RecordingLogger } from '../../../../test/support/recording-logger.js';
import { OutageLog } from './outage-log.js';

describe('OutageLog', () => {
  let logger: RecordingLogger;
  let log: OutageLog;
  const lines = (): string[] => logger.messages('Gate');

  beforeEach(() => {
    jest.useFakeTimers();
    logger = new RecordingLogger();
    Logger.overrideLogger(logger);
    log = new OutageLog('Gate');
  });
  afterEach(() => {
    jest.useRealTimers();
    Logger.overrideLogger(false);
  });

  it('writes a line at once, and how often it came once a second', () => {
    const written = (): string[] => logger.lines.splice(0).map(({ level, message }) => `${level} ${message}`);
    for (let i = 0; i < 1_000; i += 1) log.error('down');
    expect(written()).toEqual(['error down']);
    jest.advanceTimersByTime(999);
    log.error('down');
    expect(written()).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(written()).toEqual(['error down, 1000 more']);
    log.error('down');
    jest.advanceTimersByTime(1_000);
    expect(written()).toEqual(['error down, 1 more']);
  });

  it('falls silent when it is over, and begins anew', () => {
    log.error('down');
    jest.advanceTimersByTime(60_000);
    expect(lines()).toEqual(['down']);
    expect(jest.getTimerCount()).toBe(0);
    log.error('down');
    expect(lines()).toEqual(['down', 'down']);
  });

  it('keeps lines apart', () => {
    for (const line of ['down', 'slow', 'slow', 'down', 'slow']) log.error(line);
    expect(lines()).toEqual(['down', 'slow']);
    jest.advanceTimersByTime(1_000);
    expect(lines().slice(2)).toEqual(['down, 1 more', 'slow, 2 more']);
  });

  it('writes at the end what was only counted, and leaves no timer', () => {
    for (const line of ['down', 'down', 'slow']) log.error(line);
    log.flush();
    expect(lines()).toEqual(['down', 'slow', 'down, 1 more']);
    expect(jest.getTimerCount()).toBe(0);
  });
});
